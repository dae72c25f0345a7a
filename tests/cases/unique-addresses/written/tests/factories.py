"""Valid rows and bodies of every entity, with what they refer to: each call another one, every run the same."""

from typing import Any

from app.models.host import Host
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


async def host(**given: Any) -> int:
    """A host, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "address": f"2001:db8::{1 + n // 10000}:{n % 10000}",
    }
    id: int = await stored(Host, values | given)
    return id


async def host_body(**given: Any) -> dict[str, Any]:
    """What makes a host, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "address": f"2001:db8::{1 + n // 10000}:{n % 10000}",
    }
    return {name: sent(value) for name, value in (values | given).items()}
