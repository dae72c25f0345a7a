"""What is made sure of before the first request: the database answers and has the tables of this version."""

import asyncio
import fcntl
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text

from app.core import errors
from app.core.database import SQLITE, reader, reads
from app.core.logs import log

MIGRATIONS = Path(__file__).parents[2] / "migrations"
LINES, NAMED = (r"^revision\b.*", r"^down_revision\b.*"), re.compile(r"[\"'](\w+)[\"']")
PATIENCE = 10  # seconds in which a database may come up


class CannotStart(Exception):
    """Why the process ends before it has begun, and what to do."""


async def check() -> None:
    """Raises CannotStart where the database is out of reach or its tables are not those of this version."""
    found, wanted = await _revisions(), _heads()
    if found != wanted:
        raise CannotStart(f"The database has {found or 'nothing'}, this needs {wanted}: run `alembic upgrade head`.")


def _heads() -> set[str]:
    """The migrations that none follows: read as text, since alembic takes 13 MB for as long as the process lives."""
    texts = [file.read_text("utf-8") for file in MIGRATIONS.glob("versions/*.py")]
    here, before = ({id for each in texts for id in NAMED.findall("".join(re.findall(line, each, re.M)))} for line in LINES)
    return here - before


async def _revisions() -> set[str]:
    for second in range(PATIENCE):
        try:
            async with reader() as db:
                is_there = await db.run_sync(lambda known: inspect(known).has_table("alembic_version"))
                return {*await db.scalars(text("SELECT version_num FROM alembic_version"))} if is_there else set()
        except Exception as error:
            if not errors.is_unavailable(error):
                raise
            log.warning("database_unavailable", error=type(error).__name__, second=second)
            await asyncio.sleep(1)
    raise CannotStart("The database cannot be reached: see DATABASE_URL.")


@contextmanager
def only_process() -> Iterator[None]:
    """Hold the file of an SQLite database: two servers would each keep their own turns. Raises CannotStart."""
    if not SQLITE or not (file := reads.url.database):
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
