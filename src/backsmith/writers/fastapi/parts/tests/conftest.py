"""What tests stand on: a database of their own, emptied for each, and clients of several accounts."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from argon2 import PasswordHasher
from fastapi import Request
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import make_url

FOLDER = tempfile.TemporaryDirectory()


async def _fresh(url: str) -> str:
    """A database beside this one, for one of several processes that test at once."""
    given = make_url(url)
    name = f"{given.database}_{os.environ['PYTEST_XDIST_WORKER']}"
    connection = await asyncpg.connect(given.set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return given.set(database=name).render_as_string(hide_password=False)


def _database() -> str:
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return f"sqlite+aiosqlite:///{FOLDER.name}/test.db"
    return asyncio.run(_fresh(url)) if "PYTEST_XDIST_WORKER" in os.environ else url


os.environ |= {
    "ENVIRONMENT": "test",
    "DATABASE_URL": _database(),
    "SECRET_KEY": "only-for-tests-" * 5,
    "RATE_LIMIT": "off",
    # Many requests at once wait for each other, and longer on a busy machine.
    "DATABASE_POOL_TIMEOUT": "60",
    "STATEMENT_TIMEOUT": "60",
    "REQUEST_TIMEOUT": "60",
}

# The settings are read when these are imported.
from sqlalchemy import event, insert

from app.auth import rules
from app.auth.models import Session
from app.core import logs, mail, passwords, tokens
from app.core.authentication import OWN, Principal, credentials
from app.core.database import SQLITE, Base, dispose, driver_of, held, now, reads, transaction, writes
from app.core.jobs import Worker
from app.core.statements import HEARD
from app.main import app
from app.models.user import UserId
from app.work import worker
from tests import factories

logs.configure("warning", json=False)  # what goes wrong is told in lines, not in frames
ROOT = Path(__file__).parents[1]
PASSWORD = "a long and quiet river"

# Tests hash fast. The application has no setting for that.
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = passwords.hasher.hash(PASSWORD)
PERSON: dict[str, Any] = {**rules.FIRST_ADMIN, "name": "Person"}
"""What an account has to say of itself, as JSON."""
_numbers = count(1)


class Account(AsyncClient):
    """A client that is signed in."""

    id: UserId
    email: str
    session: int

    @property
    def json_id(self) -> int | str:
        """The id as answers have it."""
        return self.id if isinstance(self.id, int) else str(self.id)


As = Callable[..., Awaitable[Account]]
Mails = Callable[[], Awaitable[list[EmailMessage]]]


@dataclass
class Counted:
    """The statements of a block; apart from the others, those that read the caller's account."""

    statements: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


@pytest.fixture(scope="session", autouse=True)
def _tables() -> None:
    command.upgrade(Config(toml_file=ROOT / "pyproject.toml"), "head")


@pytest.fixture(scope="session", autouse=True)
async def _connections() -> AsyncIterator[None]:
    yield
    await dispose()


@pytest.fixture(autouse=True)
async def _clean() -> None:
    """Every test begins with empty tables."""
    names = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    async with held(writes) as db:
        driver = driver_of(db)
        if SQLITE:
            deletions = "".join(f"DELETE FROM {name};" for name in names)
            await driver.executescript(f"PRAGMA foreign_keys=OFF;{deletions}PRAGMA foreign_keys=ON;")
        else:  # one statement, at whose end references are looked at
            deletions = ", ".join(f"d{place} AS (DELETE FROM {name})" for place, name in enumerate(names))
            await driver.execute(f"WITH {deletions} SELECT 1")


@pytest.fixture
async def stranger() -> AsyncIterator[AsyncClient]:
    """A client that is not signed in."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def as_() -> AsyncIterator[As]:
    """`await as_("staff")`: a client of a new account with these roles; `email=...` and others set its columns."""
    clients: list[Account] = []

    async def make(*roles: str, **columns: Any) -> Account:
        client = Account(transport=ASGITransport(app), base_url="http://test")
        clients.append(client)
        client.email = columns.setdefault("email", f"person{next(_numbers)}@example.org")
        account = {"name": "Person", "roles": roles, "verified_at": now(), "password_hash": HASH, **columns}
        client.id = await factories.user(**account)
        async with transaction() as db:
            session = {"user_id": client.id, "token_hash": "", "expires_at": now() + timedelta(days=1)}
            client.session = (await db.execute(insert(Session).returning(Session.id), session)).scalar_one()
        token = tokens.issue("at+jwt", client.id, timedelta(minutes=15), sid=client.session)
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Mails:
    """`await mails()`: the mails that were sent since the last time, once all jobs that are due have run."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mail, "deliver", sent.append)

    async def since() -> list[EmailMessage]:
        await run_due(worker)
        found = list(sent)
        sent.clear()
        return found

    return since


@pytest.fixture
def count_queries() -> Callable[[], AbstractContextManager[Counted]]:
    """`with count_queries() as counted:`: the statements that a block runs."""
    return _counting


@contextmanager
def _counting() -> Iterator[Counted]:
    counted = Counted()

    def told(statement: str) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            (counted.own if OWN in statement else counted.statements).append(statement)

    def heard(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        told(statement)

    HEARD.append(told)
    engines = reads.sync_engine, writes.sync_engine
    for engine in engines:
        event.listen(engine, "before_cursor_execute", heard)
    try:
        yield counted
    finally:
        HEARD.remove(told)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", heard)


async def run_due(worker: Worker) -> int:
    """Run the jobs that are due, one after the other. Returns how many attempts that were."""
    count = 0
    while run := await worker.take():
        await asyncio.wait({worker.start(run)})
        count += 1
    return count


async def caller_of(**headers: str) -> Principal:
    """Who calls with these headers (`_` for `-`). Raises as a request would."""
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return await credentials(Request({"type": "http", "method": "GET", "client": ("::1", 1), "headers": lines}))


def code_in(message: EmailMessage) -> str:
    """The code that a mail carries."""
    found = re.search(r"#token=(\S+)", message.get_content())
    assert found is not None
    return found[1]
