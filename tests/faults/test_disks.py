"""The disk is full: what is not kept is refused, what was kept can be read, and more room is all that it needs."""

import asyncio
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from .clients import Answer, Client, client
from .conftest import MakeProject
from .disks import MAY_MOUNT, limit_files, small_file_system
from .served import Postgres, Served, migrate, serving

pytestmark = pytest.mark.faults

SMALL, LARGE = 8, 64
"""Megabytes: how large the disk is, and how large it becomes."""

BACK = 10.0
"""Seconds after there is room again in which rows have to be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All answers to those that write; what was answered to others; the rows that were acknowledged; the end of it."""

    answers: list[Answer]
    others: list[Answer]
    acknowledged: set[str]
    back: bool


async def fill(served: Served, grow: Callable[[], None]) -> Seen:
    """Write until every way to write was refused, then make room."""
    async with client(served) as clerk:
        changed = json.loads((await clerk.make("changed")).text)["id"]
        answers: list[Answer] = []
        acknowledged = set()
        codes = (f"code {number}" for number in count())
        for size in (200_000, 20_000, 2_000, 500):  # the last of them are not refused by luck
            refused: set[str] = set()
            while len(refused) < 3:
                for make in (clerk.make, clerk.make_once):
                    code = next(codes)
                    answers.append(await make(code, note=secrets.token_hex(size)))
                    if answers[-1].good:
                        acknowledged.add(code)
                answers.append(await clerk.change(changed, note=secrets.token_hex(size)))
                refused |= {each.way for each in answers[-3:] if not each.good}
                assert len(answers) < 3000, "the disk is not full"
        others = [await clerk.read(), await clerk.ask("GET", "/health/live"), await clerk.ask("GET", "/health/ready")]
        grow()
        back = await _is_back(clerk)
    return Seen(answers=answers, others=others, acknowledged=acknowledged, back=back)


async def _is_back(clerk: Client) -> bool:
    try:
        async with asyncio.timeout(BACK):
            for number in count():
                made = [await clerk.make(f"later {number}"), await clerk.make_once(f"later too {number}")]
                if all(each.good for each in made):
                    return True
                await asyncio.sleep(0.1)
    except TimeoutError:
        pass
    return False


def sqlite_within_a_limit(project: Path, folder: Path) -> tuple[Seen, set[str]]:
    """SQLite, whose files must not grow; and what is kept."""
    file = folder / "stock.db"
    migrate(project, f"sqlite:///{file}")
    with serving(project, f"sqlite:///{file}") as served:
        limit_files(served.process.pid, SMALL)
        seen = asyncio.run(fill(served, lambda: limit_files(served.process.pid, None)))
    return seen, _kept(file)


def sqlite_on_a_small_disk(project: Path, folder: Path) -> tuple[Seen, set[str]]:
    """SQLite, whose disk is full; and what is kept."""
    disk = folder / "disk"
    disk.mkdir()
    file = disk / "stock.db"
    with small_file_system(disk, SMALL) as grow:
        migrate(project, f"sqlite:///{file}")
        with serving(project, f"sqlite:///{file}") as served:
            seen = asyncio.run(fill(served, lambda: grow(LARGE)))
        return seen, _kept(file)


def _kept(file: Path) -> set[str]:
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {code for (code,) in db.execute("SELECT code FROM items")}


def postgresql_on_a_small_disk(project: Path, database: Postgres) -> tuple[Seen, set[str]]:
    """PostgreSQL, whose disk for tables is full; and what is kept."""
    disk = database.data.parent / "disk"
    disk.mkdir()
    migrate(project, database.address)
    with small_file_system(disk, SMALL) as grow:
        place = disk / "tables"
        place.mkdir()
        database.own(place)
        space = f"CREATE TABLESPACE small LOCATION '{place}'"
        asyncio.run(database.run(space, "ALTER TABLE items SET TABLESPACE small"))
        with serving(project, database.address) as served:
            seen = asyncio.run(fill(served, lambda: grow(LARGE)))
        kept = asyncio.run(database.codes())
        database.stop()
    return seen, kept


def check(seen: Seen, kept: set[str]) -> None:
    assert [each for each in seen.answers if not (each.good or each.is_refusal)] == []
    assert [each for each in seen.others if not each.good] == []
    assert seen.acknowledged
    assert seen.acknowledged - kept == set()
    assert seen.back


def test_sqlite_within_a_limit(project: MakeProject, tmp_path: Path) -> None:
    check(*sqlite_within_a_limit(project(), tmp_path))


def test_a_limit_that_nobody_is_told_of(project: MakeProject, tmp_path: Path) -> None:
    seen, _ = sqlite_within_a_limit(project("a full disk is a mistake of ours"), tmp_path)
    assert {each.status for each in seen.answers} >= {500}


if MAY_MOUNT:  # the limit above is what everybody can try

    def test_sqlite_on_a_full_disk(project: MakeProject, tmp_path: Path) -> None:
        check(*sqlite_on_a_small_disk(project(), tmp_path))

    def test_postgresql_on_a_full_disk(project: MakeProject, database: Postgres) -> None:
        check(*postgresql_on_a_small_disk(project(), database))

    def test_a_full_disk_that_nobody_is_told_of(project: MakeProject, database: Postgres) -> None:
        seen, _ = postgresql_on_a_small_disk(project("a full disk is a mistake of ours"), database)
        assert {each.status for each in seen.answers} >= {500}
