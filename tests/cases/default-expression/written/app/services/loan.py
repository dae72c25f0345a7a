"""What happens when loans are made and changed: the place for hand-written rules."""

from app.computed import loan as computed
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.loan import LoanCreate, LoanReplace, LoanUpdate
from app.views.loan import loans

FORM = Form(loans, defaults={"taken_on": computed.default_taken_on, "due_on": computed.default_due_on})


async def create(change: Change, body: LoanCreate) -> None:
    """Make a loan."""
    await change.insert(FORM, body)


async def update(change: Change, body: LoanUpdate | LoanReplace) -> None:
    """Change a loan."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a loan."""
    await change.delete()
