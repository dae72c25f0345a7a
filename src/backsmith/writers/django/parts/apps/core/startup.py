"""What is made sure of before the first request: the database answers and has the tables of this version."""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core import errors
from apps.core.logs import log

PATIENCE = 10  # seconds in which a database may come up


class CannotStart(Exception):
    """Why the process ends before it has begun, and what to do."""


def check() -> None:
    """Raises CannotStart where the database is out of reach or its tables are not those of this version."""
    executor = _executor()
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in missing[:3])
        raise CannotStart(f"The database lacks {names}: run `python manage.py migrate`.")


def _executor() -> MigrationExecutor:
    for second in range(PATIENCE):
        try:
            return MigrationExecutor(connection)
        except Exception as error:
            if not errors.is_unavailable(error):
                raise
            log.warning("database_unavailable", error=type(error).__name__, second=second)
            time.sleep(1)
    raise CannotStart("The database cannot be reached: see DATABASE_URL.")


@contextmanager
def only_process() -> Iterator[None]:
    """Hold the file of an SQLite database: two servers would each keep their own turns. Raises CannotStart."""
    file: Any = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or not file:
        yield
        return
    if sqlite3.sqlite_version_info < (3, 51, 3):
        log.warning("sqlite_version", found=sqlite3.sqlite_version, hint="before 3.51.3, only one process may write")
    with open(f"{file}.serving", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Another process serves {file}: SQLite is for one, PostgreSQL for more.") from None
        yield
