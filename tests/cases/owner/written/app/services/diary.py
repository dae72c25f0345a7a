"""What happens when diaries are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form
from app.schemas.diary import DiaryCreate, DiaryReplace, DiaryUpdate
from app.views.diary import diaries
from app.views.user import users

FORM = Form(diaries, owner="author", references={"author": users})


async def create(change: Change, body: DiaryCreate) -> None:
    """Make a diary."""
    await change.insert(FORM, body)


async def update(change: Change, body: DiaryUpdate | DiaryReplace) -> None:
    """Change a diary."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a diary."""
    await change.delete()
