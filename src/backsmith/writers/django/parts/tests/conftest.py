"""What tests stand on: a database of their own, emptied for each, and clients of several accounts."""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

FOLDER = tempfile.TemporaryDirectory()

if "config.environment" in sys.modules:  # tests would empty the tables of development
    raise pytest.UsageError("The settings are read already: leave DJANGO_SETTINGS_MODULE to tests/conftest.py.")


def _fresh(url: str) -> str:
    """A database beside this one, for one of several processes that test at once."""
    given = urlsplit(url)
    name = f"{given.path}_{os.environ['PYTEST_XDIST_WORKER']}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name.lstrip("/")}"'.encode())
        connection.execute(f'CREATE DATABASE "{name.lstrip("/")}"'.encode())
    return given._replace(path=name).geturl()


def _database() -> str:
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return f"sqlite:///{FOLDER.name}/test.db"
    return _fresh(url) if "PYTEST_XDIST_WORKER" in os.environ else url


os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "ENVIRONMENT": "test",
    "DATABASE_URL": _database(),
    "SECRET_KEY": "only-for-tests-" * 5,
    "RATE_LIMIT": "off",
    # Many requests at once wait for each other, each on a connection of its own, and longer on a busy machine.
    "DATABASE_POOL": "24",
    "DATABASE_POOL_TIMEOUT": "60",
    "STATEMENT_TIMEOUT": "60",
    "REQUEST_TIMEOUT": "60",
}

import django

django.setup()  # the settings are read when the application is imported, and so before any test is
del os.environ["DJANGO_SETTINGS_MODULE"]  # processes that test beside this one read them when their own are made

from django.apps import apps
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection, connections
from django.utils.encoding import iri_to_uri
from django.utils.timezone import now
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from apps.accounts import rules
from apps.accounts.models import Session, User
from apps.core import logs, passwords, tokens
from apps.core.authentication import Authentication, caller_of
from apps.core.caller import Caller
from apps.core.jobs import Worker
from apps.work import worker
from config.environment import settings

logs.configure("warning", json=False)  # what goes wrong is told in lines, not in frames
PASSWORD = "a long and quiet river"

# Tests hash fast. The application has no setting for that.
passwords.PasswordHasher.time_cost, passwords.PasswordHasher.memory_cost = 1, 8
HASH = passwords.hashed(PASSWORD)
PERSON: dict[str, Any] = {**rules.FIRST_ADMIN, "name": "Person"}
"""What an account has to say of itself, as JSON."""
OWN = re.compile(r'FROM "auth_(sessions|keys)" INNER JOIN "users"')  # the statements that read who calls
_numbers = count(1)


class Client(APIClient):
    """A client that is not signed in, and sends JSON."""

    default_format = "json"

    def get(self, path: Any, *rest: Any, **options: Any) -> Any:
        """Ask for a path, whose letters of other alphabets are quoted as browsers do."""
        return super().get(iri_to_uri(path), *rest, **options)

    def send(self, method: str, path: str, content: Any = b"", kind: str = "application/json", **options: Any) -> Any:
        """Send bytes as they are."""
        return self.generic(method, path, content, content_type=kind, **options)

    def form(self, path: str, body: dict[str, str], **options: Any) -> Any:
        """Send a form, as browsers do."""
        return self.post(path, urlencode(body), content_type="application/x-www-form-urlencoded", **options)


class Account(Client):
    """A client that is signed in."""

    def __init__(self, account: User) -> None:
        self.user, self.id, self.email = account, account.pk, account.email
        opened = Session.objects.create(user=account, token_hash="", expires_at=now() + timedelta(days=1))
        self.sid = opened.pk
        self.token = tokens.issue("at+jwt", self.id, timedelta(minutes=15), sid=self.sid)
        super().__init__(headers={"Authorization": f"Bearer {self.token}"})

    @property
    def json_id(self) -> int | str:
        """The id as answers have it."""
        return self.id if isinstance(self.id, int) else str(self.id)


As = Callable[..., Account]
Mails = Callable[[], list[EmailMessage]]


@dataclass
class Counted:
    """The statements of a block; apart from the others, those that read the caller's account."""

    statements: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


@pytest.fixture(scope="session", autouse=True)
def _tables(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def _clean() -> None:
    """Every test begins with empty tables."""
    filled = ("apps.", "django.contrib.admin.", "django.contrib.sessions.")  # others are filled by migrations
    tables = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith(filled)]
    names = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            with connection.constraint_checks_disabled():
                for name in names:
                    cursor.execute(f"DELETE FROM {name}")
        else:  # one statement, at whose end references are looked at
            deletions = ", ".join(f"d{place} AS (DELETE FROM {name})" for place, name in enumerate(names))
            cursor.execute(f"WITH {deletions} SELECT 1")


@pytest.fixture
def stranger() -> Client:
    """A client that is not signed in."""
    return Client()


@pytest.fixture
def as_() -> As:
    """`as_("staff")`: a client of a new account with these roles; `email=...` and others set its columns."""

    def make(*roles: str, **columns: Any) -> Account:
        email = columns.pop("email", f"person{next(_numbers)}@example.org")
        account = {"name": "Person", "roles": list(roles), "verified_at": now(), "password": HASH, **columns}
        return Account(User.objects.create(email=email, **account))

    return make


@pytest.fixture
def mails() -> Mails:
    """`mails()`: the mails that were sent since the last time, once all jobs that are due have run."""

    def since() -> list[EmailMessage]:
        run_due(worker)
        found, mail.outbox = mail.outbox, []
        return found

    return since


@pytest.fixture
def count_queries() -> Callable[[], AbstractContextManager[Counted]]:
    """`with count_queries() as counted:`: the statements that a block runs."""
    return _counting


@contextmanager
def _counting() -> Iterator[Counted]:
    counted = Counted()

    def told(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if not statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")):
            (counted.own if OWN.search(statement) else counted.statements).append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(told):
        yield counted


def run_due(worker: Worker) -> int:
    """Run the jobs that are due, one after the other. Returns how many attempts that were."""
    count = 0
    while run := worker.take():
        worker.work(run)
        count += 1
    return count


def who_calls(**headers: str) -> Caller:
    """Who calls with these headers (`_` for `-`). Raises as a request would."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = APIRequestFactory().get("/", headers=sent, REMOTE_ADDR="::1")
    return caller_of(Request(asked, authenticators=[Authentication()]))


def at_once(requests: list[Callable[[], Any]]) -> list[Any]:
    """The answers to requests that are made at once, each in a thread.

    They begin when all connections of the pool are theirs, but for one of the test itself.
    """
    first = min(len(requests), settings.database_pool - 1)
    begin = Barrier(first)

    def made(number: int, request: Callable[[], Any]) -> Any:
        if number < first:
            connection.ensure_connection()
            begin.wait(60)
        return request()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(lambda number, request: apart(partial(made, number, request)), count(), requests))


def apart(request: Callable[[], Any]) -> Any:
    """The answer to a request that is made in a thread of its own, whose connection is closed then."""
    try:
        return request()
    finally:
        connections.close_all()


def code_in(message: EmailMessage) -> str:
    """The code that a mail carries."""
    found = re.search(r"#token=(\S+)", str(message.body))
    assert found is not None
    return found[1]
