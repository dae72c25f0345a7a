"""What HTTP shows of orders."""

from app.core.hyperlinks import Hyperlinks, LinkedView, Step
from app.core.views import One
from app.models.order import Order
from app.policies import order as policy
from app.views import customer, user

orders: LinkedView = LinkedView(
    Order,
    name="order",
    fields={
        "id": Order.id,
        "customer": Order.customer_id,
        "buyer": Order.buyer_id,
        "status": Order.status,
        "created_at": Order.created_at,
        "updated_at": Order.updated_at,
        "links": Hyperlinks(
            "/api/v1/orders",
            policy.read,
            {
                "update": Step("PATCH", "", policy.update),
                "delete": Step("DELETE", "", policy.delete),
                "history": Step("GET", "/history", policy.read),
                "pay": Step("POST", "/pay", policy.pay, lambda order: order.status == "draft"),
                "cancel_all": Step(
                    "POST", "/cancel-all", policy.cancel_all, lambda order: order.status.in_(("paid", "shipped"))
                ),
            },
        ),
    },
    read=policy.read,
    sort=("customer", "buyer"),
    links={"customer": One(lambda: customer.customers), "buyer": One(lambda: user.people)},
)
