"""No connection is free: who has to wait is refused in time, and who needs none is not kept waiting."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from .clients import ITEMS, Answer, Client, client, within
from .conftest import MakeProject
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

IN_TIME = 3.0 + 1.5
"""Seconds in which a request is refused: those of the pool, and some for a machine that has other things to do."""

POOL = 8
HELD = {"STATEMENT_TIMEOUT": "60", "REQUEST_TIMEOUT": "60"}  # what is held waits for as long as the test does

Seen = dict[str, Answer | None]
"""What was answered in time, by what was asked."""


async def probe(clerk: Client, id: int) -> Seen:
    """Ask for one thing of each kind, all at once."""
    asked = {
        "write": clerk.change(id, note="later"),
        "read": clerk.read(),
        "live": clerk.ask("GET", "/health/live"),
        "ready": clerk.ask("GET", "/health/ready"),
    }
    answers = await asyncio.gather(*(within(IN_TIME, each) for each in asked.values()))
    return dict(zip(asked, answers, strict=True))


async def exhaust_postgresql(served: Served, database: Postgres, lock: str, *, reading: bool) -> tuple[Seen, bool]:
    """What is answered while as many requests as a pool has connections wait for a lock; whether those end well."""
    async with client(served) as clerk:
        id = json.loads((await clerk.make("held")).text)["id"]
        other = json.loads((await clerk.make("other")).text)["id"]
        holder = await database.connect()
        async with holder.transaction():
            await holder.execute(lock)
            asked = [clerk.ask("GET", f"{ITEMS}/{id}") if reading else clerk.change(id, pieces=n) for n in range(POOL)]
            held = [asyncio.create_task(each) for each in asked]
            await database.until_waiting(POOL)
            seen = await probe(clerk, other)
        ended = await asyncio.gather(*held)
        await holder.close()
    return seen, all(each.good for each in ended)


async def exhaust_sqlite(served: Served, file: Path) -> tuple[Seen, bool]:
    """The same of SQLite, whose one connection that writes waits for another process."""
    async with client(served) as clerk:
        id = json.loads((await clerk.make("held")).text)["id"]
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        asked = [asyncio.create_task(clerk.change(id, pieces=1)) for _ in range(2)]
        # Of two, one has the connection when the other is refused.
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=2 * IN_TIME)
        seen = await probe(clerk, id)
        other.execute("ROLLBACK")
        other.close()
        ended = await asyncio.gather(*asked)
    return seen, any(each.good for each in ended)


def refused(answer: Answer | None) -> bool:
    return answer is not None and answer.is_refusal


def good(answer: Answer | None) -> bool:
    return answer is not None and answer.good


ROW, TABLE = "SELECT FROM items WHERE code = 'held' FOR UPDATE", "LOCK TABLE items IN ACCESS EXCLUSIVE MODE"


def test_a_pool_that_writes(project: MakeProject, database: Postgres) -> None:
    folder = project()
    migrate(folder, database.address)
    with serving(folder, database.address, **HELD) as served:
        seen, ended_well = asyncio.run(exhaust_postgresql(served, database, ROW, reading=False))
    assert refused(seen["write"]), seen
    assert good(seen["read"]), seen
    assert good(seen["live"]), seen
    assert good(seen["ready"]), seen
    assert ended_well


def test_a_pool_that_reads(project: MakeProject, database: Postgres) -> None:
    folder = project()
    migrate(folder, database.address)
    with serving(folder, database.address, **HELD) as served:
        seen, ended_well = asyncio.run(exhaust_postgresql(served, database, TABLE, reading=True))
    assert refused(seen["write"]), seen  # nobody knows who asks
    assert refused(seen["read"]), seen
    assert good(seen["live"]), seen
    assert refused(seen["ready"]), seen
    assert ended_well


def test_the_connection_that_writes_to_sqlite(project: MakeProject, tmp_path: Path) -> None:
    folder, file = project(), tmp_path / "stock.db"
    migrate(folder, f"sqlite:///{file}")
    with serving(folder, f"sqlite:///{file}", **HELD) as served:
        seen, ended_well = asyncio.run(exhaust_sqlite(served, file))
    assert refused(seen["write"]), seen
    assert good(seen["read"]), seen
    assert good(seen["live"]), seen
    assert good(seen["ready"]), seen
    assert ended_well


def test_a_pool_without_a_limit_of_time(project: MakeProject, database: Postgres) -> None:
    folder = project()
    migrate(folder, database.address)
    with serving(folder, database.address, DATABASE_POOL_TIMEOUT="60", **HELD) as served:
        seen, _ = asyncio.run(exhaust_postgresql(served, database, TABLE, reading=True))
    assert seen["write"] is None
    assert seen["read"] is None
    assert seen["ready"] is None
    assert good(seen["live"])
