"""What happens when accounts are made and changed: the place for hand-written rules."""

from apps.accounts.serializers import MeUpdate, UserCreate, UserRead, UserUpdate
from apps.core.changes import Change
from apps.core.forms import Form

FORM = Form(UserRead.rows)


def create(change: Change, body: UserCreate) -> None:
    """Make an account."""
    change.insert(FORM, body)


def update(change: Change, body: UserUpdate | MeUpdate) -> None:
    """Change an account."""
    change.update(FORM, body)
