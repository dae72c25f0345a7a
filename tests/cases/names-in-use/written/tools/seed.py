"""Example data: `python -m tools.seed --rows 100` keeps every rule, is the same each time, refuses production."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import settings
from app.core.database import dispose, transaction
from app.core.passwords import hashed
from app.models.account import Account
from app.models.doc import Doc
from app.models.log import Log
from app.models.membership import Membership
from app.models.route import Route
from app.models.setting import Setting
from app.models.tenant import Tenant
from app.models.transfer import Transfer
from app.models.user import User

PASSWORD = "a quiet river of examples"
"""Of every account that is made here."""
ROLES = ["teller", "boss", "admin"]
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

FIRST = ["Ada", "Ben", "Chloe", "Dilan", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kemal", "Lena"]
LAST = ["Abel", "Brandt", "Costa", "Duman", "Ekström", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Kaya"]
KINDS = ["quiet", "bright", "early", "northern", "plain", "second", "open", "little", "green"]
THINGS = ["harbour", "lantern", "meadow", "bridge", "kettle", "garden", "signal", "orchard", "window", "ferry", "mill"]

Rows = list[dict[str, Any]]


def pick(words: list[str], n: int) -> str:
    return words[n % len(words)]


async def seed(rows: int) -> None:
    """Fill a database with so many rows of each kind, all or nothing. Raises ValueError where it is not empty."""
    password = await hashed(PASSWORD)
    async with transaction() as db:
        if await db.scalar(select(func.count()).select_from(User)):
            raise ValueError("there are accounts already: example data goes into an empty database")
        accounts = [_account(n, password) for n in range(max(rows, len(ROLES)))]
        await _insert(db, User, accounts)
        await _fill(db, rows, accounts)


def _account(n: int, password: str) -> dict[str, Any]:
    """The first ones have one role each, and an address that says which."""
    role = ROLES[n] if n < len(ROLES) else ROLES[0]
    return {
        "email": f"{role}@example.com" if n < len(ROLES) else f"{pick(FIRST, n).lower()}{n}@example.com",
        "name": f"{pick(FIRST, n)} {pick(LAST, n // 5)}",
        "roles": [role],
        "active": True,
        "verified_at": START,
        "password_hash": password,
    }


async def _fill(db: AsyncConnection, rows: int, accounts: Rows) -> None:
    """Everything else, for everybody."""

    tenants: Rows = []
    for n in range(min(2, rows)):
        tenants.append(
            {
                "name": f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize(),
            }
        )
    await _insert(db, Tenant, tenants)

    docs: Rows = []
    for n in range(rows):
        docs.append(
            {
                "name": f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize(),
            }
        )
    await _insert(db, Doc, docs)

    logs: Rows = []
    for n in range(rows):
        logs.append(
            {
                "name": f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize(),
            }
        )
    await _insert(db, Log, logs)

    routes: Rows = []
    for n in range(rows):
        routes.append(
            {
                "name": f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize(),
            }
        )
    await _insert(db, Route, routes)

    settings: Rows = []
    for n in range(rows):
        settings.append(
            {
                "name": f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize(),
            }
        )
    await _insert(db, Setting, settings)
    for tenant in tenants:
        await _fill_tenant(db, tenant, rows, accounts)


async def _fill_tenant(db: AsyncConnection, tenant: dict[str, Any], rows: int, accounts: Rows) -> None:
    """What belongs to one tenant."""

    memberships: Rows = []
    for n in range(len(accounts)):
        user = accounts[n % len(accounts)]
        memberships.append(
            {
                "user_id": user["id"],
                "tenant_id": tenant["id"],
                "roles": [role for role in user["roles"] if role != "admin"],
            }
        )
    await _insert(db, Membership, memberships)

    accounts_: Rows = []
    for n in range(rows):
        holder = accounts[n % len(accounts)]
        accounts_.append(
            {
                "firm_id": tenant["id"],
                "number": f"Number {n}",
                "holder_id": holder["id"],
            }
        )
    await _insert(db, Account, accounts_)

    transfers: Rows = []
    for n in range(rows):
        account = accounts_[n % len(accounts_)]
        transfers.append(
            {
                "firm_id": tenant["id"],
                "account_id": account["id"],
                "amount": Decimal("2.51") + n * 7 % 90,
            }
        )
    await _insert(db, Transfer, transfers)


async def _insert(db: AsyncConnection, model: Any, rows: Rows) -> None:
    """Insert rows, and note their ids."""
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    for row, id in zip(rows, (await db.execute(statement, rows)).scalars(), strict=True):
        row["id"] = id


def main(arguments: list[str] | None = None) -> int:
    """Run the command. Returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.seed", description="Fill an empty database with example data."
    )
    parser.add_argument("--rows", type=int, default=20, help="how many rows of each kind (20)")
    options = parser.parse_args(arguments)
    if settings.production:
        print("This is production: no example data.", file=sys.stderr)
        return 1
    try:
        asyncio.run(_run(max(options.rows, 1)))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Sign in as {', '.join(f'{role}@example.com' for role in ROLES)} with: {PASSWORD}")
    return 0


async def _run(rows: int) -> None:
    try:
        await seed(rows)
    finally:
        await dispose()


if __name__ == "__main__":
    sys.exit(main())
