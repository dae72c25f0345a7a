"""Many write to SQLite at once, in one process: they take turns, and nobody is told that the database is locked."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from .clients import Answer, Client, client
from .conftest import MakeProject
from .served import migrate, serving

pytestmark = pytest.mark.faults

CLIENTS, TURNS = 40, 5
PATIENT = {"DATABASE_POOL_TIMEOUT": "60", "REQUEST_TIMEOUT": "60"}  # turns are waited for on a slow machine too


async def write(clerk: Client, shared: int, number: int) -> list[Answer]:
    """Make rows in both ways, and change one that everybody changes."""
    answers = []
    for turn in range(TURNS):
        answers.append(await clerk.make(f"made {number} {turn}"))
        answers.append(await clerk.make_once(f"once {number} {turn}"))
        answers.append(await clerk.change(shared, note=f"{number} {turn}"))
    return answers


def written_at_once(project: Path, file: Path) -> list[Answer]:
    """All answers to clients that write at once."""

    async def all_of_them() -> list[Answer]:
        async with client(served) as clerk:
            shared = json.loads((await clerk.make("shared")).text)["id"]
            each = await asyncio.gather(*(write(clerk, shared, number) for number in range(CLIENTS)))
            return [answer for answers in each for answer in answers]

    migrate(project, f"sqlite:///{file}")
    with serving(project, f"sqlite:///{file}", **PATIENT) as served:
        return asyncio.run(all_of_them())


def test_many_write_at_once(project: MakeProject, tmp_path: Path) -> None:
    file = tmp_path / "stock.db"
    answers = written_at_once(project(), file)
    assert [each for each in answers if not each.good] == []
    with sqlite3.connect(file) as db:
        assert db.execute("SELECT count(*) FROM items").fetchone() == (1 + 2 * CLIENTS * TURNS,)
        assert db.execute("SELECT version FROM items WHERE code = 'shared'").fetchone() == (1 + CLIENTS * TURNS,)


def test_writers_that_take_no_turns(project: MakeProject, tmp_path: Path) -> None:
    answers = written_at_once(project("writers on SQLite take no turns"), tmp_path / "stock.db")
    assert [each for each in answers if each.is_refusal]
