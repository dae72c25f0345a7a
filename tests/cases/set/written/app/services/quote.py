"""What happens when quotes are made and changed: the place for hand-written rules."""

from app.computed import quote as computed
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.quote import QuoteCreate, QuoteReplace, QuoteUpdate
from app.views.quote import quotes
from app.views.rate import rates

FORM = Form(
    quotes,
    references={"rate": rates},
    once=frozenset({"rate"}),
    stored={"value": computed.made_value, "made_at": computed.made_made_at},
)


async def create(change: Change, body: QuoteCreate) -> None:
    """Make a quote."""
    await change.insert(FORM, body)


async def update(change: Change, body: QuoteUpdate | QuoteReplace) -> None:
    """Change a quote."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a quote."""
    await change.delete()
