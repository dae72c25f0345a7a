"""What happens when wikis are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.history.changes import keep
from apps.wikis.serializers import WikiCreate, WikiRead, WikiReplace, WikiUpdate

FORM = Form(WikiRead.rows)
keep(WikiRead.rows)


def create(change: Change, body: WikiCreate) -> None:
    """Make a wiki."""
    change.insert(FORM, body)


def update(change: Change, body: WikiUpdate | WikiReplace) -> None:
    """Change a wiki."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a wiki."""
    change.delete()
