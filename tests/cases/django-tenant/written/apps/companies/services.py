"""What happens when companies are made and changed: the place for hand-written rules."""

from apps.companies.serializers import CompanyCreate, CompanyRead, CompanyReplace, CompanyUpdate
from apps.core.changes import Change
from apps.core.forms import Form

FORM = Form(CompanyRead.rows)


def create(change: Change, body: CompanyCreate) -> None:
    """Make a company."""
    change.insert(FORM, body)


def update(change: Change, body: CompanyUpdate | CompanyReplace) -> None:
    """Change a company."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a company."""
    change.delete()
