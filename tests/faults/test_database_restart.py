"""PostgreSQL is restarted in good order, as for a new version: its goodbye comes between any two statements."""

import asyncio
import json
from itertools import count
from pathlib import Path

import pytest

from .clients import Answer, Client, Load, client
from .conftest import MakeProject
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

TIMES, AT_MOST = 3, 20


def restart(project: Path, database: Postgres, times: int, *, until: int = 0) -> tuple[list[Answer], set[str]]:
    """All answers, and the acknowledged rows that are lost; until: the status that is enough to stop at."""
    migrate(project, database.address)
    with serving(project, database.address) as served:
        return asyncio.run(_restart(served, database, times, until))


async def _restart(served: Served, database: Postgres, times: int, until: int) -> tuple[list[Answer], set[str]]:
    async with client(served) as clerk:
        load, over = Load(clerk), asyncio.Event()
        ids = [json.loads((await clerk.make(f"changed {place}")).text)["id"] for place in range(4)]
        async with load.running():
            changing = [asyncio.create_task(_change(clerk, id, load.answers, over)) for id in ids]
            for _ in range(times):
                if until in {each.status for each in load.answers}:
                    break
                await load.until(lambda answers: len(answers) > 30 and all(each.good for each in answers[-30:]), "work")
                await asyncio.to_thread(database.restart)
            over.set()
            await asyncio.gather(*changing)
        return load.answers, load.acknowledged - await database.codes()


async def _change(clerk: Client, id: int, answers: list[Answer], over: asyncio.Event) -> None:
    for number in count(1):
        if over.is_set():
            return
        answers.append(await clerk.change(id, pieces=number))
        if not answers[-1].good:
            await asyncio.sleep(0.05)


def test_restarts(project: MakeProject, database: Postgres) -> None:
    answers, lost = restart(project(), database, TIMES)
    assert [each for each in answers if not (each.good or each.is_refusal)] == []
    assert [each for each in answers if each.is_refusal]
    assert lost == set()


def test_a_goodbye_that_nobody_understands(project: MakeProject, database: Postgres) -> None:
    answers, _ = restart(project("a connection that ends is a mistake of ours"), database, AT_MOST, until=500)
    assert 500 in {each.status for each in answers}
