"""What happens when doors are made, changed and moved: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form
from app.models.door import Door
from app.schemas.door import DoorCreate, DoorReplace, DoorUpdate
from app.views.door import doors

FORM = Form(doors)


async def create(change: Change, body: DoorCreate) -> None:
    """Make a door."""
    await change.insert(FORM, body)


async def update(change: Change, body: DoorUpdate | DoorReplace) -> None:
    """Change a door."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a door."""
    await change.delete()


async def close(change: Change) -> None:
    """Move a door from open to closed."""
    await change.move(Door.state, ("open",), "closed")


async def lock(change: Change) -> None:
    """Move a door from open or closed to locked."""
    await change.move(Door.state, ("open", "closed"), "locked")
