"""What happens when files are made and changed: the place for hand-written rules."""

from apps.core import trash
from apps.core.changes import Change
from apps.core.forms import Form
from apps.files.serializers import FileCreate, FileRead, FileReplace, FileUpdate

FORM = Form(FileRead.rows)


def create(change: Change, body: FileCreate) -> None:
    """Make a file."""
    change.insert(FORM, body)


def update(change: Change, body: FileUpdate | FileReplace) -> None:
    """Change a file."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Put a file out of sight."""
    trash.hide(change)


def restore(change: Change) -> None:
    """Bring back a file that was deleted."""
    trash.restore(change)
