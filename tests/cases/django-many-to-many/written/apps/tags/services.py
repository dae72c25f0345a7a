"""What happens when tags are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.tags.serializers import TagCreate, TagRead, TagReplace, TagUpdate

FORM = Form(TagRead.rows)


def create(change: Change, body: TagCreate) -> None:
    """Make a tag."""
    change.insert(FORM, body)


def update(change: Change, body: TagUpdate | TagReplace) -> None:
    """Change a tag."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a tag."""
    change.delete()
