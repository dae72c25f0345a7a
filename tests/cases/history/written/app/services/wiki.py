"""What happens when wikis are made and changed: the place for hand-written rules."""

from app.core import history
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.wiki import WikiCreate, WikiReplace, WikiUpdate
from app.views.wiki import wikis

FORM = Form(wikis)
history.keep(wikis)


async def create(change: Change, body: WikiCreate) -> None:
    """Make a wiki."""
    await change.insert(FORM, body)


async def update(change: Change, body: WikiUpdate | WikiReplace) -> None:
    """Change a wiki."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a wiki."""
    await change.delete()
