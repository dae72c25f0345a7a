"""What happens when members are made and changed: the place for hand-written rules."""

from app.core import loosening
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.member import MemberCreate, MemberReplace, MemberUpdate
from app.views.member import members
from app.views.team import teams

FORM = Form(members, references={"team": teams, "mentor": members})


async def create(change: Change, body: MemberCreate) -> None:
    """Make a member."""
    await change.insert(FORM, body)


async def update(change: Change, body: MemberUpdate | MemberReplace) -> None:
    """Change a member."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a member."""
    await loosening.delete(change)
