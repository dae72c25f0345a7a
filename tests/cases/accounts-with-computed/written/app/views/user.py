"""What HTTP shows of accounts: to admins, to whoever may read a row that names one, and to their owners."""

from collections.abc import Mapping

from app.computed import user as computed
from app.core.views import Field, Many, View
from app.models.order import Order
from app.models.user import User
from app.policies import user as policy
from app.views import order

FIELDS: Mapping[str, Field] = {
    "id": User.id,
    "email": User.email,
    "name": User.name,
    "roles": User.roles,
    "active": User.active,
    "joined": User.joined,
    "until": User.until,
    "credit": User.credit,
    "spent": computed.spent,
    "left": computed.left,
    "created_at": User.created_at,
    "updated_at": User.updated_at,
}
LINKS = {
    "orders": Many(lambda: order.orders, Order.buyer_id),
}

users: View = View(
    User,
    name="account",
    fields=FIELDS,
    read=policy.read,
    sort=("email",),
    lasting=False,
    rules=dict.fromkeys(("email", "roles", "active"), policy.manage),
    links=LINKS,
)

people: View = View(
    User,
    name="account",
    fields=FIELDS,
    read=policy.meet,
    rules={
        "email": policy.manage,
        "roles": policy.manage,
        "active": policy.manage,
        "joined": policy.read,
        "until": policy.read,
        "credit": policy.read,
        "spent": policy.read,
        "left": policy.read,
        "created_at": policy.read,
        "updated_at": policy.read,
        "orders": policy.read,
    },
    links=LINKS,
)

me: View = View(User, name="account", fields=FIELDS, read=policy.own, links=LINKS)
