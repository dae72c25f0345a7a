"""Valid rows and bodies of every entity, with what they refer to: each call another one, every run the same."""

from decimal import Decimal
from typing import Any

from app.models.account import Account
from app.models.doc import Doc
from app.models.log import Log
from app.models.membership import Membership
from app.models.route import Route
from app.models.setting import Setting
from app.models.tenant import Tenant
from app.models.transfer import Transfer
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


async def membership(*, owned_by: int | None = None, **given: Any) -> int:
    """A membership, with what it needs. Answers its id."""
    values: dict[str, Any] = {
        "user_id": owned_by or await user(),
        "tenant_id": given.get("tenant_id") or await tenant(),
        "roles": ["teller"],
    }
    id: int = await stored(Membership, values | given)
    return id


async def tenant(**given: Any) -> int:
    """A tenant, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    id: int = await stored(Tenant, values | given)
    return id


async def account(*, owned_by: int | None = None, inside: int | None = None, **given: Any) -> int:
    """An account, with what it needs. Answers its id."""
    inside = inside or await tenant()
    n = next(numbers)
    values: dict[str, Any] = {
        "firm_id": inside,
        "number": f"Number {n}",
        "holder_id": owned_by or await user(),
    }
    id: int = await stored(Account, values | given)
    return id


async def transfer(*, owned_by: int | None = None, inside: int | None = None, **given: Any) -> int:
    """A transfer, with what it needs. Answers its id."""
    inside = inside or await tenant()
    values: dict[str, Any] = {
        "firm_id": inside,
        "account_id": given.get("account_id") or await account(owned_by=owned_by, inside=inside),
        "amount": Decimal("2.51"),
    }
    id: int = await stored(Transfer, values | given)
    return id


async def doc(**given: Any) -> int:
    """A doc, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    id: int = await stored(Doc, values | given)
    return id


async def log(**given: Any) -> int:
    """A log, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    id: int = await stored(Log, values | given)
    return id


async def route(**given: Any) -> int:
    """A route, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    id: int = await stored(Route, values | given)
    return id


async def setting(**given: Any) -> int:
    """A setting, with what it needs. Answers its id."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    id: int = await stored(Setting, values | given)
    return id


async def tenant_body(**given: Any) -> dict[str, Any]:
    """What makes a tenant, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def account_body(**given: Any) -> dict[str, Any]:
    """What makes an account, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "number": f"Number {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def transfer_body(*, owned_by: int | None = None, inside: int | None = None, **given: Any) -> dict[str, Any]:
    """What makes a transfer, without what can be left out."""
    inside = inside or await tenant()
    values: dict[str, Any] = {
        "account": given.get("account") or await account(owned_by=owned_by, inside=inside),
        "amount": Decimal("2.51"),
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def doc_body(**given: Any) -> dict[str, Any]:
    """What makes a doc, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def log_body(**given: Any) -> dict[str, Any]:
    """What makes a log, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def route_body(**given: Any) -> dict[str, Any]:
    """What makes a route, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


async def setting_body(**given: Any) -> dict[str, Any]:
    """What makes a setting, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}
