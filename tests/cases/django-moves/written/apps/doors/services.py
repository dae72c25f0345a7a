"""What happens when doors are made, changed and moved: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.doors.serializers import DoorCreate, DoorRead, DoorReplace, DoorUpdate

FORM = Form(DoorRead.rows)


def create(change: Change, body: DoorCreate) -> None:
    """Make a door."""
    change.insert(FORM, body)


def update(change: Change, body: DoorUpdate | DoorReplace) -> None:
    """Change a door."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a door."""
    change.delete()


def close(change: Change) -> None:
    """Move a door from open to closed."""
    change.move("state", ("open",), "closed")


def lock(change: Change) -> None:
    """Move a door from open or closed to locked."""
    change.move("state", ("open", "closed"), "locked")
