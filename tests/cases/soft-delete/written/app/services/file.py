"""What happens when files are made and changed: the place for hand-written rules."""

from app.core import trash
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.file import FileCreate, FileReplace, FileUpdate
from app.views.file import files

FORM = Form(files)


async def create(change: Change, body: FileCreate) -> None:
    """Make a file."""
    await change.insert(FORM, body)


async def update(change: Change, body: FileUpdate | FileReplace) -> None:
    """Change a file."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Put a file out of sight."""
    await trash.hide(change)


async def restore(change: Change) -> None:
    """Bring back a file that was deleted."""
    await trash.restore(change)
