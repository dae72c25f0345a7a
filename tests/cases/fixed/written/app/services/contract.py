"""What happens when contracts are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.forms import Form
from app.schemas.contract import ContractCreate, ContractReplace, ContractUpdate
from app.views.contract import contracts

FORM = Form(contracts, once=frozenset({"number"}))


async def create(change: Change, body: ContractCreate) -> None:
    """Make a contract."""
    await change.insert(FORM, body)


async def update(change: Change, body: ContractUpdate | ContractReplace) -> None:
    """Change a contract."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a contract."""
    await change.delete()
