"""What happens when loans are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.loans import computed
from apps.loans.serializers import LoanCreate, LoanRead, LoanReplace, LoanUpdate
from apps.products.serializers import ProductRead

FORM = Form(
    LoanRead.rows,
    references={"product": ProductRead.rows},
    once=frozenset({"product"}),
    stored={"cost": lambda row, _: computed.made_cost(row), "gain": lambda row, _: computed.made_gain(row)},
    defaults={
        "taken_on": lambda _, caller: computed.default_taken_on(caller),
        "due_on": lambda row, _: computed.default_due_on(row),
    },
)


def create(change: Change, body: LoanCreate) -> None:
    """Make a loan."""
    change.insert(FORM, body)


def update(change: Change, body: LoanUpdate | LoanReplace) -> None:
    """Change a loan."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a loan."""
    change.delete()
