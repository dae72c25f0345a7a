"""PostgreSQL keeps its connections and no longer answers, as behind a broken network: nobody is kept waiting for it."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from .clients import Answer, Client, client, within
from .conftest import MakeProject
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

LIMITS = {"STATEMENT_TIMEOUT": "4", "REQUEST_TIMEOUT": "8"}
TOLD = 20.0
"""Seconds in which everybody is told: those of the request, and those in which what it began is given up."""

BACK = 10.0
WAITING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was answered in time while the database did not, None where nothing was; whether all was well soon after."""

    answers: list[Answer | None]
    live: Answer | None
    back: bool


def stall(project: Path, database: Postgres) -> Seen:
    """What clients see of a database that stands still for a while."""
    migrate(project, database.address)
    with serving(project, database.address, **LIMITS) as served:
        return asyncio.run(_stall(served, database))


async def _stall(served: Served, database: Postgres) -> Seen:
    async with client(served) as clerk:
        id = json.loads((await clerk.make("held")).text)["id"]
        holder = await database.connect()
        async with holder.transaction():
            await holder.execute("SELECT FROM items FOR UPDATE")
            begun = [asyncio.create_task(within(TOLD, clerk.change(id, pieces=turn))) for turn in range(WAITING)]
            await database.until_waiting(WAITING)  # inside their transactions
            with database.stopped():
                later = [clerk.make("one"), clerk.make_once("two"), clerk.read(), clerk.ask("GET", "/health/ready")]
                asked = [*begun, *(asyncio.create_task(within(TOLD, each)) for each in later)]
                live = await within(TOLD, clerk.ask("GET", "/health/live"))
                answers = await asyncio.gather(*asked)
        await holder.close()
        return Seen(answers=answers, live=live, back=await _is_back(clerk))


async def _is_back(clerk: Client) -> bool:
    try:
        async with asyncio.timeout(BACK):
            well = 0
            while well < 20:
                code = f"later {asyncio.get_running_loop().time()}"
                made = [await clerk.make(code), await clerk.make_once(f"{code} too"), await clerk.read()]
                well = well + 1 if all(each.good for each in made) else 0
    except TimeoutError:
        return False
    return True


def test_a_database_that_stands_still(project: MakeProject, database: Postgres) -> None:
    seen = stall(project(), database)
    assert [each for each in seen.answers if each is None or not each.is_refusal] == []
    assert seen.live is not None
    assert seen.live.good
    assert seen.back


def test_a_database_that_is_waited_for(project: MakeProject, database: Postgres) -> None:
    seen = stall(project("the database is trusted to end what takes too long"), database)
    assert None in seen.answers
