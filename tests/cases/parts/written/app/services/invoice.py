"""What happens when invoices are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form, Nested
from app.models.line import Line
from app.schemas.invoice import InvoiceCreate, InvoiceReplace, InvoiceUpdate
from app.services import line
from app.views.invoice import invoices

FORM = Form(invoices, parts={"lines": Nested(line.FORM, Line.invoice_id)})


async def create(change: Change, body: InvoiceCreate) -> None:
    """Make an invoice with its lines."""
    await change.insert(FORM, body)


async def update(change: Change, body: InvoiceUpdate | InvoiceReplace) -> None:
    """Change an invoice with its lines."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete an invoice with its lines."""
    await change.delete()
