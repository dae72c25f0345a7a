"""Valid rows and bodies of every entity, with what they refer to: each call another one, every run the same."""

from decimal import Decimal
from typing import Any

from app.models.item import Item
from app.models.user import User
from tests.rows import START, numbers, sent, stored


async def user(**given: Any) -> int:
    """A user, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "email": f"someone{n}@example.com",
        "name": "Someone",
        "roles": [],
        "active": True,
        "verified_at": START,
    }
    id: int = await stored(User, values | given)
    return id


async def item(**given: Any) -> int:
    """An item, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "weight": Decimal("0.000") + n % 100,
    }
    id: int = await stored(Item, values | given)
    return id


async def item_body(**given: Any) -> dict[str, Any]:
    """What makes an item, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "weight": Decimal("0.000") + n % 100,
    }
    return {name: sent(value) for name, value in (values | given).items()}
