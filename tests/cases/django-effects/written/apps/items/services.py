"""What happens when items are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.items.serializers import ItemCreate, ItemRead, ItemReplace, ItemUpdate

FORM = Form(ItemRead.rows)


def create(change: Change, body: ItemCreate) -> None:
    """Make an item."""
    change.insert(FORM, body)


def update(change: Change, body: ItemUpdate | ItemReplace) -> None:
    """Change an item."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete an item."""
    change.delete()
