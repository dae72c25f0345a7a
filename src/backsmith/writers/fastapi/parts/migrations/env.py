"""Where Alembic runs: one process at a time, and each migration in a transaction of its own, on both databases."""

import asyncio
import fcntl
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, NullPool, event, text
from sqlalchemy.ext.asyncio import create_async_engine

import app.main  # noqa: F401  # imports every module that has a table
from app.config import settings
from app.core import logs, sqlite
from app.core.database import SQLITE, Base

LOCK = 7_016_996_765_293_437_281
"""The key of the advisory lock: any number that nothing else in the database uses."""


def _type(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """How a migration that Alembic writes names the application's own column types."""
    if kind != "type" or type(item).__module__ != "app.core.types":
        return False
    autogenerate.imports.add("from app.core import types")
    return f"types.{item!r}"


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "render_item": _type,
    "render_as_batch": SQLITE,
    "transaction_per_migration": True,
    "transactional_ddl": True,
}


def print_sql() -> None:
    """Print the statements rather than run them (`alembic upgrade head --sql`)."""
    context.configure(dialect_name="sqlite" if SQLITE else "postgresql", literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


async def run() -> None:
    """Run the migrations on the database of the settings."""
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    if SQLITE:
        event.listen(engine.sync_engine, "connect", _connected)
        event.listen(engine.sync_engine, "begin", _begin)
    with _alone_on_sqlite():
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> None:
    if not SQLITE:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.execute(text("SET lock_timeout = '10s'"))  # rather than to make every request wait behind this one
        connection.commit()
    context.configure(connection=connection, on_version_apply=_check, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def _connected(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own
    sqlite.prepare(connection, read_only=False)
    connection.execute("PRAGMA foreign_keys=OFF").close()  # a table is changed by making it anew


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    """Undo a migration that leaves references to nothing."""
    if SQLITE and ctx.connection is not None:
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise RuntimeError(f"this migration would leave rows of {broken[0]} that refer to nothing")


@contextmanager
def _alone_on_sqlite() -> Iterator[None]:
    if not SQLITE:
        yield
        return
    with open(f"{settings.database_url.partition(':///')[2]}.migrating", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if context.is_offline_mode():
    print_sql()
else:
    if context.config.cmd_opts is not None:  # run from the command line
        logs.configure(settings.log_level, json=settings.production)
        logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)
    asyncio.run(run())
