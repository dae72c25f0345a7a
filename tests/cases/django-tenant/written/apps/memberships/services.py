"""What happens when memberships are made and changed: the place for hand-written rules."""

from apps.accounts.serializers import UserRead
from apps.companies.serializers import CompanyRead
from apps.core.changes import Change
from apps.core.forms import Form
from apps.memberships.serializers import MembershipCreate, MembershipRead, MembershipReplace, MembershipUpdate

FORM = Form(MembershipRead.rows, references={"user": UserRead.rows, "company": CompanyRead.rows})


def create(change: Change, body: MembershipCreate) -> None:
    """Make a membership."""
    change.insert(FORM, body)


def update(change: Change, body: MembershipUpdate | MembershipReplace) -> None:
    """Change a membership."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a membership."""
    change.delete()
