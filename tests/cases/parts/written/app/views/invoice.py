"""What HTTP shows of invoices."""

from app.core.views import Parts, View
from app.models.invoice import Invoice
from app.models.line import Line
from app.policies import invoice as policy
from app.views import line

invoices: View = View(
    Invoice,
    name="invoice",
    fields={
        "id": Invoice.id,
        "number": Invoice.number,
        "created_at": Invoice.created_at,
        "updated_at": Invoice.updated_at,
    },
    read=policy.read,
    sort=("number",),
    links={"lines": Parts(lambda: line.lines, Line.invoice_id)},
)
