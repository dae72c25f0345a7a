"""Two engines over one database: transactions for writes, single statements for reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends
from sqlalchemy import BigInteger, Connection, Identity, Integer, MetaData, Table, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.config import settings
from app.core import sqlite, types

SQLITE = settings.database_url.startswith("sqlite")


def _engine(*, read_only: bool) -> AsyncEngine:
    server_settings = {
        "application_name": "app",
        "timezone": "UTC",
        "statement_timeout": f"{settings.statement_timeout * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{settings.request_timeout * 1000:.0f}",
        "default_transaction_read_only": "on" if read_only else "off",
    }
    postgresql = {"timeout": settings.database_pool_timeout, "server_settings": server_settings}
    # An engine of its own: as an execution option, AUTOCOMMIT is set and reset at every checkout.
    reading = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True} if read_only else {}
    engine = create_async_engine(
        settings.database_url,
        pool_size=1 if SQLITE and not read_only else settings.database_pool,  # SQLite: writers take turns
        max_overflow=0,
        pool_timeout=settings.database_pool_timeout,
        query_cache_size=2000,
        hide_parameters=True,  # errors are logged, and values are not
        json_serializer=lambda document: msgspec.json.encode(document).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={"timeout": settings.statement_timeout} if SQLITE else postgresql,
        **reading,
    )
    if SQLITE:
        _prepare(engine, read_only)
    return engine


def _prepare(engine: AsyncEngine, read_only: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver begins no transactions of its own
        sqlite.prepare(connection, read_only=read_only)

    if not read_only:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


writes = _engine(read_only=False)
reads = _engine(read_only=True)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncConnection]:
    """One transaction: kept where the block ends, undone where it raises. On SQLite there is one at a time."""
    async with writes.begin() as connection:
        yield connection


async def _read() -> AsyncIterator[AsyncConnection]:
    async with reads.connect() as connection:
        yield connection


Reads = Annotated[AsyncConnection, Depends(_read)]  # for single statements that read


async def dispose() -> None:
    """Close all connections."""
    await writes.dispose()
    await reads.dispose()


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
    """When a row was made and last changed (UTC), and how often: `version` is its ETag."""

    __abstract__ = True

    created_at: Mapped[datetime] = mapped_column(types.UtcDateTime, default=now, sort_order=97)
    updated_at: Mapped[datetime] = mapped_column(types.UtcDateTime, default=now, onupdate=now, sort_order=98)
    version: Mapped[int] = mapped_column(default=1, sort_order=99)


_key = BigInteger().with_variant(Integer, "sqlite")


class Row(Kept):
    """A row whose key is a number that is never given twice."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(_key, Identity(), primary_key=True, sort_order=-1)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if isinstance(table := cls.__dict__.get("__table__"), Table):
            table.dialect_options["sqlite"]["autoincrement"] = True
