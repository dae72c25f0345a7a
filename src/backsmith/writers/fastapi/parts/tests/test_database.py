"""Connections: they are used again, and what is lost or cancelled leaves nothing to who comes next."""

import asyncio

import pytest

from app.core.database import SQLITE, driver_of, held, reading, transaction, writes


async def begin() -> None:
    async with transaction():
        await asyncio.sleep(60)


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_transaction_is_found_by_nobody(steps: int) -> None:
    """Wherever in its beginning that happens: a row that is made in what is left of it would be told of, and lost."""
    begun = asyncio.create_task(begin())
    for _ in range(steps):
        await asyncio.sleep(0)
    begun.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun
    async with held(writes) as connection:
        driver = driver_of(connection)
        await driver.execute("SELECT 1")
        assert not (driver.in_transaction if SQLITE else driver.is_in_transaction())


async def test_connections_are_used_again() -> None:
    async with reading() as first, reading() as second:
        assert driver_of(first) is not driver_of(second)
        used = driver_of(second)
    async with reading() as again:
        assert driver_of(again) in (driver_of(first), used)
