"""What happens when sales are made, changed and moved: the place for hand-written rules."""

from sqlalchemy import Integer, func, literal, select

from app.core.caller import NOW
from app.core.changes import ROW, Change
from app.core.effects import Effect, apply
from app.core.forms import Form, Nested
from app.models.buyer import Buyer
from app.models.item import Item
from app.models.sale import Sale
from app.models.sale_line import SaleLine
from app.schemas.sale import SaleCreate, SaleReplace, SaleUpdate
from app.services import sale_line
from app.views.buyer import buyers
from app.views.sale import sales

FORM = Form(sales, references={"buyer": buyers}, parts={"lines": Nested(sale_line.FORM, SaleLine.sale_id)})

BUYER_AMOUNTS = select(Sale.buyer_id, literal(1, Integer)).where(Sale.id == ROW)

LINES_ITEM_AMOUNTS = (
    select(SaleLine.item_id, func.sum(SaleLine.quantity)).where(SaleLine.sale_id == ROW).group_by(SaleLine.item_id)
)

CREATE_EFFECTS = (Effect("buyer.sales += 1", Buyer.sales, "+=", BUYER_AMOUNTS),)

DELETE_EFFECTS = (Effect("buyer.sales -= 1", Buyer.sales, "-=", BUYER_AMOUNTS),)

FINISH_EFFECTS = (
    Effect("lines.item.stock -= lines.quantity", Item.stock, "-=", LINES_ITEM_AMOUNTS),
    Effect("lines.item.sold += lines.quantity", Item.sold, "+=", LINES_ITEM_AMOUNTS),
    Effect("buyer.spent += total", Buyer.spent, "+=", select(Sale.buyer_id, Sale.total).where(Sale.id == ROW)),
    Effect("done_at = now", Sale.done_at, "=", select(Sale.id, NOW).where(Sale.id == ROW)),
)


async def create(change: Change, body: SaleCreate) -> None:
    """Make a sale with its lines."""
    await change.insert(FORM, body)
    await apply(change, CREATE_EFFECTS)


async def update(change: Change, body: SaleUpdate | SaleReplace) -> None:
    """Change a sale with its lines."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a sale with its lines."""
    await apply(change, DELETE_EFFECTS)
    await change.delete()


async def finish(change: Change) -> None:
    """Move a sale from open to done."""
    await change.move(Sale.state, ("open",), "done")
    await apply(change, FINISH_EFFECTS)
