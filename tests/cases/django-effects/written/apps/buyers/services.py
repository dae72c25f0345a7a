"""What happens when buyers are made and changed: the place for hand-written rules."""

from apps.buyers.serializers import BuyerCreate, BuyerRead, BuyerReplace, BuyerUpdate
from apps.core.changes import Change
from apps.core.forms import Form

FORM = Form(BuyerRead.rows)


def create(change: Change, body: BuyerCreate) -> None:
    """Make a buyer."""
    change.insert(FORM, body)


def update(change: Change, body: BuyerUpdate | BuyerReplace) -> None:
    """Change a buyer."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a buyer."""
    change.delete()
