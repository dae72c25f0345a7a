"""Hundreds begin a request and do not go on: others are served as ever, and the connections are closed."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from backsmith.project.up import HOST

from .clients import ITEMS, Answer, Client, client, within
from .conftest import MakeProject
from .served import Served, migrate, serving

pytestmark = pytest.mark.faults

EACH = 150
CLOSED = 60.0
"""Seconds in which every connection has to be closed."""

PROMPT = 3.0
"""Seconds in which others are answered: less than half a request is waited for, and more than a busy machine takes."""

HEAD = b"GET /api/v1/items HTTP/1.1\r\nHost: stock\r\nX-Ha"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The answers to others; after how many seconds each connection was closed, None where it was not."""

    others: list[Answer | None]
    closed: list[float | None]


def half_send(project: Path, file: Path, **settings: str) -> Seen:
    """What becomes of others, and of those who do not go on."""
    migrate(project, f"sqlite:///{file}")
    with serving(project, f"sqlite:///{file}", **settings) as served:
        return asyncio.run(_half_send(served))


async def _half_send(served: Served) -> Seen:
    async with client(served) as clerk:
        id = json.loads((await clerk.make("changed")).text)["id"]
        token = str(clerk.http.headers["authorization"]).encode()
        body = b"POST %s HTTP/1.1\r\nHost: stock\r\nAuthorization: %s\r\n" % (ITEMS.encode(), token)
        body += b'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"code": "ha'
        streams = [await asyncio.open_connection(HOST, served.port) for _ in range(2 * EACH)]
        for place, (_, writer) in enumerate(streams):
            writer.write(body if place % 2 else HEAD)
        await asyncio.gather(*(writer.drain() for _, writer in streams))
        start = monotonic()
        closing = [asyncio.create_task(_closed(reader, start)) for reader, _ in streams]
        others = await _others(clerk, id)
        closed = await asyncio.gather(*closing)
        for _, writer in streams:
            writer.close()
    return Seen(others=others, closed=closed)


async def _others(clerk: Client, id: int) -> list[Answer | None]:
    """The answers to others, one after the other; those that do not come at once are not waited for."""
    answers: list[Answer | None] = []
    for turn in range(10):
        for each in (clerk.read(), clerk.make(f"made {turn}"), clerk.make_once(f"once {turn}"), clerk.change(id)):
            answers.append(await within(PROMPT, each))
    return answers


async def _closed(reader: asyncio.StreamReader, start: float) -> float | None:
    try:
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + start + CLOSED - monotonic()):
            await reader.read()
    except TimeoutError:
        return None
    except ConnectionError:
        pass  # closed as well
    return monotonic() - start


def test_half_requests(project: MakeProject, tmp_path: Path) -> None:
    seen = half_send(project(), tmp_path / "stock.db")
    assert [each for each in seen.others if each is None or not each.good] == []
    assert None not in seen.closed


def test_without_deadlines(project: MakeProject, tmp_path: Path) -> None:
    patient = {"HEADER_TIMEOUT": "600", "BODY_TIMEOUT": "600", "REQUEST_TIMEOUT": "600"}
    seen = half_send(project(), tmp_path / "stock.db", **patient)
    assert set(seen.closed) == {None}


def test_transactions_that_wait_for_bodies(project: MakeProject, tmp_path: Path) -> None:
    seen = half_send(project("transactions begin before the body is there"), tmp_path / "stock.db")
    assert [each for each in seen.others if each is None or not each.good]
