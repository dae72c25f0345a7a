"""What happens when sales are made, changed and moved: the place for hand-written rules."""

from apps.buyers.serializers import BuyerRead
from apps.core.changes import Change
from apps.core.effects import apply
from apps.core.forms import Form, Nested
from apps.items.serializers import ItemRead
from apps.sales import effects
from apps.sales.serializers import SaleCreate, SaleLineItem, SaleLineRead, SaleRead, SaleReplace, SaleUpdate

SALE_LINE_FORM = Form(SaleLineRead.rows, item=SaleLineItem, references={"item": ItemRead.rows})
FORM = Form(SaleRead.rows, references={"buyer": BuyerRead.rows}, parts={"lines": Nested(SALE_LINE_FORM, "sale_id")})


def create(change: Change, body: SaleCreate) -> None:
    """Make a sale with its lines."""
    change.insert(FORM, body)
    apply(change, effects.CREATE)


def update(change: Change, body: SaleUpdate | SaleReplace) -> None:
    """Change a sale with its lines."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a sale with its lines."""
    apply(change, effects.DELETE)
    change.delete()


def finish(change: Change) -> None:
    """Move a sale from open to done."""
    change.move("state", ("open",), "done")
    apply(change, effects.FINISH)
