"""What happens when claims are made, changed and moved: the place for hand-written rules."""

from sqlalchemy import select

from app.core.changes import ROW, Change
from app.core.effects import Effect, apply, given
from app.core.forms import Form
from app.core.types import Characters, Exact
from app.models.claim import Claim
from app.schemas.claim import ClaimCreate, ClaimReplace, ClaimUpdate, SettleClaim
from app.views.claim import claims

FORM = Form(claims)

SETTLE_EFFECTS = (
    Effect(
        "paid = input.amount", Claim.paid, "=", select(Claim.id, given("amount", Exact(12, 2))).where(Claim.id == ROW)
    ),
    Effect(
        "reason = input.reason",
        Claim.reason,
        "=",
        select(Claim.id, given("reason", Characters(200))).where(Claim.id == ROW),
    ),
)


async def create(change: Change, body: ClaimCreate) -> None:
    """Make a claim."""
    await change.insert(FORM, body)


async def update(change: Change, body: ClaimUpdate | ClaimReplace) -> None:
    """Change a claim."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a claim."""
    await change.delete()


async def settle(change: Change, body: SettleClaim) -> None:
    """Move a claim from open to settled."""
    await change.move(Claim.state, ("open",), "settled")
    await apply(change, SETTLE_EFFECTS, amount=body.amount, reason=body.reason)
