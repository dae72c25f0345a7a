"""Slowing down whoever guesses passwords: failures count for an address with an account, and for an address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from math import ceil

from fastapi import Request
from sqlalchemy import bindparam, insert, select

from app.auth.models import Failure
from app.core import errors, limits, tokens, types
from app.core.database import now, reader, transaction

WINDOW, FOR_ACCOUNT, FOR_ADDRESS = timedelta(minutes=15), 10, 100

# The oldest of the failures that fill a limit: when it leaves the window, there is room again.
_recent = Failure.key == bindparam("of"), Failure.created_at > bindparam("since", type_=types.UtcDateTime)
_latest_first = select(Failure.created_at).where(*_recent).order_by(Failure.created_at.desc())
FILLING = _latest_first.offset(bindparam("others")).limit(1)
RECORD = insert(Failure)


@asynccontextmanager
async def guarded(request: Request, account: object) -> AsyncIterator[None]:
    """Around the check of a password: a Problem in it is a failure. Raises TooMany where there were too many.

    Asked before and after: of attempts that run at once, none beyond the limit learns whether it was right.
    """
    address = limits.network(limits.client_address(request.scope))
    counted = {tokens.seal("pair", f"{address} {account}"): FOR_ACCOUNT, tokens.seal("address", address): FOR_ADDRESS}
    await _refuse(counted)
    try:
        yield
    except errors.Problem:
        async with transaction() as db:
            await db.execute(RECORD, [{"key": key} for key in counted])
        await _refuse(counted, own=1)
        raise
    await _refuse(counted)


async def _refuse(counted: dict[str, int], own: int = 0) -> None:
    since = now() - WINDOW
    async with reader() as db:
        for key, limit in counted.items():
            oldest = await db.scalar(FILLING, {"of": key, "since": since, "others": limit - 1 + own})
            if oldest is not None:
                raise errors.TooMany(ceil((oldest - since).total_seconds()))
