"""What happens when accounts are made and changed: the place for hand-written rules."""

from app.computed import user as computed
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.user import MeUpdate, UserCreate, UserUpdate
from app.views.user import users

FORM = Form(users, stored={"joined": computed.made_joined}, defaults={"until": computed.default_until})


async def create(change: Change, body: UserCreate) -> None:
    """Make an account."""
    await change.insert(FORM, body)


async def update(change: Change, body: UserUpdate | MeUpdate) -> None:
    """Change an account."""
    await change.update(FORM, body)
