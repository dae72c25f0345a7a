"""The server is killed under load: who was told that a row is there finds it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from .clients import Load, client
from .conftest import MakeProject
from .served import Postgres, Served, kill, migrate, serving

pytestmark = pytest.mark.faults


async def acknowledged_before_the_kill(served: Served) -> set[str]:
    """The codes of the rows that were acknowledged, the last of them in the moment of the kill."""
    async with client(served) as clerk:
        load = Load(clerk)
        async with load.running(4):
            await load.until(lambda _: len(load.acknowledged) > 20, "rows before the kill")
            last = await clerk.make_once("the last")
            kill(served)
    assert last.good
    return load.acknowledged | {"the last"}


def kept_by_sqlite(project: Path, file: Path) -> tuple[set[str], set[str]]:
    """What was acknowledged, and what of it is lost."""
    migrate(project, f"sqlite:///{file}")
    with serving(project, f"sqlite:///{file}") as served:
        acknowledged = asyncio.run(acknowledged_before_the_kill(served))
    with serving(project, f"sqlite:///{file}"), sqlite3.connect(file) as db:  # nothing of the dead one is in the way
        return acknowledged, acknowledged - {code for (code,) in db.execute("SELECT code FROM items")}


def test_on_sqlite(project: MakeProject, tmp_path: Path) -> None:
    acknowledged, lost = kept_by_sqlite(project(), tmp_path / "stock.db")
    assert len(acknowledged) > 20
    assert lost == set()


def test_on_postgresql(project: MakeProject, database: Postgres) -> None:
    folder = project()
    migrate(folder, database.address)
    with serving(folder, database.address) as served:
        acknowledged = asyncio.run(acknowledged_before_the_kill(served))
    assert acknowledged - asyncio.run(database.codes()) == set()


def test_answers_before_the_commit(project: MakeProject, tmp_path: Path) -> None:
    _, lost = kept_by_sqlite(project("answers are sent before the commit"), tmp_path / "stock.db")
    assert "the last" in lost
