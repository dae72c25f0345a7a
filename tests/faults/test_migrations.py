"""Migrations that run three times at once, or are killed in the middle, on both databases."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from backsmith.project.processes import ended_with_us

from .conftest import MakeProject
from .served import PREPARED, Postgres, serving, settings_for, wait_for

pytestmark = pytest.mark.faults

SLOW = "a migration takes until it is told to go on"
PATIENCE = 7.0
"""Seconds in which processes that wait for each other could give up: SQLite waits for five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An empty database to migrate: PostgreSQL, or the file of SQLite."""

    address: str
    postgres: Postgres | None = None
    file: Path | None = None

    def tables(self) -> set[str]:
        """The names of the tables that are there."""
        if self.postgres is not None:
            return asyncio.run(self._tables_of(self.postgres))
        with sqlite3.connect(str(self.file)) as db:
            return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    @staticmethod
    async def _tables_of(server: Postgres) -> set[str]:
        connection = await server.connect()
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        return {row["tablename"] for row in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "sqlite":
        return Store(address=f"sqlite:///{tmp_path / 'stock.db'}", file=tmp_path / "stock.db")
    server: Postgres = request.getfixturevalue("database")
    return Store(address=server.address, postgres=server)


class Migrations:
    """Processes that migrate a database, each of which waits in the middle."""

    def __init__(self, project: Path, store: Store) -> None:
        self.project, self.store = project, store
        self.running: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def started(self, number: int) -> Iterator["Migrations"]:
        """So many of them, at once."""
        with ExitStack() as stack:
            for place in range(number):
                process = subprocess.Popen(
                    [str(PREPARED.python), "-m", "alembic", "upgrade", "head"],
                    cwd=self.project,
                    env=PREPARED.variables(**settings_for(self.store.address)),
                    stdin=subprocess.DEVNULL,
                    stdout=(self.project / f"migration-{place}.log").open("wb"),
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self.running.append(stack.enter_context(_ended(process)))
            yield self

    def until_connected(self) -> None:
        """Until each is at the database, or at what it takes before."""
        wait_for(self.in_the_middle, "a migration in the middle")
        wait_for(lambda: all(map(self._has_begun, self.running)), "all of them")

    def in_the_middle(self) -> int:
        """How many are in the middle, or were."""
        return len(list(self.project.glob("*.paused")))

    def go_on(self) -> list[int]:
        """Let them go on: their exit codes."""
        (self.project / "go").touch()
        return [process.wait(60) for process in self.running]

    def _has_begun(self, process: "subprocess.Popen[bytes]") -> bool:
        return process.poll() is not None or (self.project / f"{process.pid}.begun").exists()


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    with ended_with_us(process):
        yield process


def three_at_once(project: Path, store: Store) -> tuple[list[int], int]:
    """The exit codes of three that begin when none has ended, and how many of them changed the database."""
    with Migrations(project, store).started(3) as migrations:
        migrations.until_connected()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and sum(each.poll() is None for each in migrations.running) > 1:
            time.sleep(0.1)
        return migrations.go_on(), migrations.in_the_middle()


def test_three_at_once(project: MakeProject, store: Store) -> None:
    folder = project(SLOW)
    assert three_at_once(folder, store) == ([0, 0, 0], 1)
    with serving(folder, store.address):
        pass


def test_three_at_once_without_a_lock(project: MakeProject, store: Store) -> None:
    codes, _ = three_at_once(project(SLOW, "migrations run at once"), store)
    assert any(codes)


def killed(project: Path, store: Store) -> set[str]:
    """The tables that are left where a migration is killed in its middle."""
    with Migrations(project, store).started(1) as migrations:
        wait_for(migrations.in_the_middle, "a migration in the middle")
        os.killpg(migrations.running[0].pid, signal.SIGKILL)
        migrations.running[0].wait()
    (project / "go").touch()
    return store.tables()


def upgrade(project: Path, store: Store) -> str:
    """What is told by a migration that is not killed; nothing where all is well."""
    outcome = PREPARED.run(project, "-m", "alembic", "upgrade", "head", **settings_for(store.address))
    return "" if outcome.good else outcome.output


def test_killed_in_the_middle(project: MakeProject, store: Store) -> None:
    folder = project(SLOW)
    assert killed(folder, store) <= {"alembic_version"}
    refused = PREPARED.run(folder, "-m", "app", **settings_for(store.address, PORT="0"))
    assert refused.exit != 0
    assert "run `alembic upgrade head`" in refused.output
    assert upgrade(folder, store) == ""
    with serving(folder, store.address):
        pass


def test_killed_without_a_transaction(project: MakeProject, store: Store) -> None:
    folder = project(SLOW, "migrations have no transaction")
    assert "users" in killed(folder, store)
    assert "already exists" in upgrade(folder, store)
