"""PostgreSQL crashes under load and comes back: nobody is told of a row that is lost, and all is well soon after."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from .clients import Answer, Client, Load, client
from .conftest import MakeProject
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

BACK = 10.0
"""Seconds after the database is back in which the server has to be."""

WAYS = {"make", "make once", "read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a crash looked like. lost: acknowledged rows that are not there; back: seconds until all was well."""

    answers: list[Answer]
    during: dict[str, Answer]
    lost: set[str]
    back: float | None


def crash(project: Path, database: Postgres) -> Seen:
    """What clients see of a crash under load, and what is kept."""
    migrate(project, database.address)
    with serving(project, database.address) as served:
        return asyncio.run(_crash(served, database))


async def _crash(served: Served, database: Postgres) -> Seen:
    # What is not flushed at a commit stays so: this is the server's to decide, unless an application forbids it.
    await database.run("ALTER SYSTEM SET wal_writer_delay = '10s'", "SELECT pg_reload_conf()")
    async with client(served) as clerk:
        load = Load(clerk)
        async with load.running():
            await load.until(lambda _: len(load.acknowledged) > 200, "rows before the crash")
            await asyncio.to_thread(database.crash)
            await load.until(lambda answers: {each.way for each in answers if not each.good} >= WAYS, "refusals")
            during = {path: await clerk.ask("GET", f"/health/{path}") for path in ("live", "ready")}
            await asyncio.to_thread(database.start)
            back = await _seconds_until_all_is_well(clerk, load)
    lost = load.acknowledged - await database.codes()
    return Seen(answers=load.answers, during=during, lost=lost, back=back)


async def _seconds_until_all_is_well(clerk: Client, load: Load) -> float | None:
    """Until as many answers in a row are good as the pools have connections, and more; None where that takes longer."""
    start, begun = monotonic(), len(load.answers)
    while monotonic() < start + BACK:
        if len(load.answers) > begun + 60 and all(each.good for each in load.answers[-60:]):
            return monotonic() - start
        await asyncio.sleep(0.05)
    return None


def test_a_crash_of_the_database(project: MakeProject, database: Postgres) -> None:
    seen = crash(project(), database)
    assert [each for each in seen.answers if not (each.good or each.is_refusal)] == []
    assert seen.lost == set()
    assert seen.back is not None
    assert seen.during["live"].status == 200
    assert seen.during["ready"].is_refusal


def test_rows_that_are_not_written_are_lost(project: MakeProject, database: Postgres) -> None:
    seen = crash(project("the database need not have written what it commits"), database)
    assert seen.lost


def test_lost_connections_stay_lost(project: MakeProject, database: Postgres) -> None:
    seen = crash(project("connections that were lost are handed out"), database)
    assert seen.back is None
