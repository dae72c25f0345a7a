"""Two engines over one database, each with its pool: transactions for writes, single statements for reads."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import asyncpg
import msgspec
from fastapi import Depends
from sqlalchemy import BigInteger, Connection, Identity, Index, Integer, MetaData, Table, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from app.config import settings
from app.core import sqlite, types

SQLITE = settings.database_url.startswith("sqlite")
Db = AsyncConnection | PoolProxiedConnection  # what statements run on


def _engine(*, read_only: bool) -> AsyncEngine:
    session = {
        "application_name": "app",
        "timezone": "UTC",
        "statement_timeout": f"{settings.statement_timeout * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{settings.request_timeout * 1000:.0f}",
        "default_transaction_read_only": "on" if read_only else "off",
    }
    # The second is for a server that no longer answers, and so ends no statement.
    timeouts = {"timeout": settings.database_pool_timeout, "command_timeout": settings.statement_timeout + 1}
    engine = create_async_engine(
        settings.database_url,
        poolclass=NullPool,  # connections are kept by `Pool`
        query_cache_size=2000,
        hide_parameters=True,  # errors are logged, and values are not
        json_serializer=lambda document: msgspec.json.encode(document).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={"timeout": settings.statement_timeout} if SQLITE else {**timeouts, "server_settings": session},
        isolation_level="AUTOCOMMIT",
    )
    if SQLITE:
        event.listen(engine.sync_engine, "connect", lambda db, _: sqlite.prepare(db, read_only=read_only))
    return engine


writes = _engine(read_only=False)
reads = _engine(read_only=True)
_connecting: Any = writes.dialect.loaded_dbapi
ERRORS = asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, sqlite3.Error, _connecting.Error


class Pool:
    """The connections of an engine, kept for their next use: SQLAlchemy's own pool costs as much as a statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        size = 1 if SQLITE and engine is writes else settings.database_pool  # SQLite: writers take turns
        self.engine, self.gate = engine, asyncio.Semaphore(size)
        self.idle: list[PoolProxiedConnection] = []

    async def take(self) -> PoolProxiedConnection:
        """The connection that was used last, or a new one."""
        while self.idle:
            connection = self.idle.pop()
            if SQLITE or not driver_of(connection).is_closed():  # as after a restart of the server
                return connection
            connection.invalidate()
        with translated():
            return await self.engine.raw_connection()


POOLS = {engine: Pool(engine) for engine in (writes, reads)}


@asynccontextmanager
async def held(engine: AsyncEngine) -> AsyncIterator[PoolProxiedConnection]:
    """A connection for statements on the driver. Raises TimeoutError where none becomes free in time."""
    pool, connection = POOLS[engine], None
    async with asyncio.timeout(settings.database_pool_timeout) if pool.gate.locked() else nullcontext():
        await pool.gate.acquire()
    try:
        connection = await pool.take()
        yield connection
    except (TimeoutError, asyncio.CancelledError, DBAPIError):
        if connection is not None and connection.is_valid:
            connection.invalidate()  # what it was asked may still be under way: nobody else may find that
        raise
    finally:
        if connection is not None and connection.is_valid:
            pool.idle.append(connection)
        pool.gate.release()


reading = partial(held, reads)


@asynccontextmanager
async def reader() -> AsyncIterator[AsyncConnection]:
    """A connection for reads, each a transaction of its own."""
    async with reading() as connection:
        yield _core(reads, connection)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncConnection]:
    """One transaction: kept where the block ends, undone where it raises. On SQLite there is one at a time."""
    async with held(writes) as connection:
        driver: Any = connection.driver_connection
        try:
            with translated(driver):
                await driver.execute("BEGIN IMMEDIATE" if SQLITE else "BEGIN")
            yield _core(writes, connection)
            with translated(driver):
                await driver.execute("COMMIT")
        finally:
            if _begun(driver):
                async with asyncio.timeout(settings.database_pool_timeout):
                    with translated(driver):
                        await driver.execute("ROLLBACK")


def _begun(driver: Any) -> bool:
    begun: bool = driver.in_transaction if SQLITE else not driver.is_closed() and driver.is_in_transaction()
    return begun


def _core(engine: AsyncEngine, connection: PoolProxiedConnection) -> AsyncConnection:
    return AsyncConnection(engine, Connection(engine.sync_engine, connection))


def driver_of(db: Db) -> Any:
    """The driver's own connection, which knows neither pool nor SQLAlchemy."""
    known: Any = db  # one that is open has a connection of its pool
    return (known.sync_connection.connection if isinstance(db, AsyncConnection) else known).driver_connection


@contextmanager
def translated(driver: Any = None) -> Iterator[None]:
    """Raise an error of the driver, or one in connecting, as SQLAlchemy does, and as silent about values."""
    try:
        yield
    except ERRORS as error:
        lost = not SQLITE and (driver is None or driver.is_closed())
        raise DBAPIError(None, None, error, hide_parameters=True, connection_invalidated=lost) from error


async def _read() -> AsyncIterator[AsyncConnection]:
    async with reader() as connection:
        yield connection


Reads = Annotated[AsyncConnection, Depends(_read)]  # for single statements that read


async def dispose() -> None:
    """Close all connections."""
    for engine, pool in POOLS.items():
        while pool.idle:
            await _core(engine, pool.idle.pop()).close()


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Every table. What the models do not name is named by the convention."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pk",
            "fk": "%(table_name)s_%(column_0_name)s_fk",
            "uq": "%(table_name)s_%(column_0_N_name)s_unique",
            "ix": "%(table_name)s_%(column_0_N_name)s_index",
        }
    )


class Kept(Base):
    """When a row was made and last changed (UTC), and how often: `version` is its ETag.

    `index=True` is on the column and the id: so are pages sorted, and many rows may be alike in the column.
    """

    __abstract__ = True

    created_at: Mapped[datetime] = mapped_column(types.UtcDateTime, default=now, sort_order=97)
    updated_at: Mapped[datetime] = mapped_column(types.UtcDateTime, default=now, onupdate=now, sort_order=98)
    version: Mapped[int] = mapped_column(default=1, sort_order=99)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if isinstance(table := cls.__dict__.get("__table__"), Table):
            own = {f"{table.name}_{column.name}_index": column for column in table.columns if column.index}
            for index in [each for each in table.indexes if each.name in own]:
                table.indexes.discard(index)
                Index(index.name, own[str(index.name)], table.c.id)


_key = BigInteger().with_variant(Integer, "sqlite")


class Row(Kept):
    """A row whose key is a number that is never given twice."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(_key, Identity(), primary_key=True, sort_order=-1)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if isinstance(table := cls.__dict__.get("__table__"), Table):
            table.dialect_options["sqlite"]["autoincrement"] = True
