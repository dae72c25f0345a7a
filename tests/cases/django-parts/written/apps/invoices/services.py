"""What happens when invoices are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form, Nested
from apps.invoices.serializers import InvoiceCreate, InvoiceRead, InvoiceReplace, InvoiceUpdate, LineItem, LineRead

LINE_FORM = Form(LineRead.rows, item=LineItem)
FORM = Form(InvoiceRead.rows, parts={"lines": Nested(LINE_FORM, "invoice_id")})


def create(change: Change, body: InvoiceCreate) -> None:
    """Make an invoice with its lines."""
    change.insert(FORM, body)


def update(change: Change, body: InvoiceUpdate | InvoiceReplace) -> None:
    """Change an invoice with its lines."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete an invoice with its lines."""
    change.delete()
