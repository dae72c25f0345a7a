"""The server is told to stop with requests in flight: balancers hear of it first, and all is finished."""

import asyncio
import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from backsmith.project.up import HOST

from .clients import Answer, client
from .conftest import MakeProject
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

EXIT = 30.0
"""Seconds after SIGTERM in which the process has to have ended."""

FLYING = 8
HELD = {"STATEMENT_TIMEOUT": "120", "REQUEST_TIMEOUT": "120"}  # what is in flight is held for as long as the test does


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What readiness says from the signal until nobody listens; the answers to what was in flight; when it ended."""

    ready: list[int]
    answers: list[Answer]
    seconds: float | None


def terminate(project: Path, database: Postgres, *, endless: bool = False) -> Seen:
    """Stop a server while requests wait for a row: until nobody listens, or for ever where they are endless."""
    migrate(project, database.address)
    with serving(project, database.address, **HELD) as served:
        return asyncio.run(_terminate(served, database, endless))


async def _terminate(served: Served, database: Postgres, endless: bool) -> Seen:
    async with client(served) as clerk:
        id = json.loads((await clerk.make("held")).text)["id"]
        _, half = await asyncio.open_connection(HOST, served.port)
        half.write(b"GET / HT")
        holder = await database.connect()
        held = holder.transaction()
        await held.start()
        await holder.execute("SELECT FROM items FOR UPDATE")
        flying = [asyncio.create_task(clerk.change(id, pieces=number)) for number in range(FLYING)]
        await database.until_waiting(FLYING)
        start = monotonic()
        served.process.send_signal(signal.SIGTERM)
        ready = await _readiness(served)
        if not endless:
            await held.rollback()
        seconds = await _seconds_to_the_end(served, start)
        if endless:
            await held.rollback()
        answers = await asyncio.gather(*flying)
        await holder.close()
        half.close()
    return Seen(ready=ready, answers=answers, seconds=seconds)


async def _readiness(served: Served) -> list[int]:
    said = []
    while True:
        async with httpx2.AsyncClient(base_url=served.url) as balancer:  # each time by a connection of its own
            try:
                said.append((await balancer.get("/health/ready")).status_code)
            except httpx2.TransportError:
                return said


async def _seconds_to_the_end(served: Served, start: float) -> float | None:
    try:
        await asyncio.to_thread(served.process.wait, start + EXIT - monotonic())
    except subprocess.TimeoutExpired:
        return None
    return monotonic() - start


def test_all_is_finished(project: MakeProject, database: Postgres) -> None:
    seen = terminate(project(), database)
    assert 503 in seen.ready
    assert seen.ready == sorted(seen.ready)  # once it says so, it stays so
    assert [each for each in seen.answers if not each.good] == []
    assert seen.seconds is not None


def test_what_cannot_be_finished_is_told_so(project: MakeProject, database: Postgres) -> None:
    seen = terminate(project(), database, endless=True)
    assert [each for each in seen.answers if not each.is_refusal] == []
    assert seen.seconds is not None


def test_without_notice(project: MakeProject, database: Postgres) -> None:
    seen = terminate(project("it stops as uvicorn does"), database)
    assert 503 not in seen.ready


def test_without_an_end(project: MakeProject, database: Postgres) -> None:
    seen = terminate(project("what is in flight is waited for"), database, endless=True)
    assert seen.seconds is None
