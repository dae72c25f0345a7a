"""Statements on the driver: SQLAlchemy writes the text of each once, and is not asked again when it runs.

A statement is known by its identity: this is for those that are themselves made once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable

from app.config import settings
from app.core.database import SQLITE, Db, driver_of, reads, translated

HEARD: list[Callable[[str], None]] = []
"""Whom each text is told before it runs, as SQLAlchemy's events tell of what runs there."""


async def rows(db: Db, statement: Executable, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """What a statement answers. Raises DBAPIError where SQLAlchemy does."""
    text, driver = _text(statement), driver_of(db)
    for tell in HEARD:
        tell(text.sql)
    with translated(driver):
        if text.readers is None:
            text.prepare([] if SQLITE else (await driver.prepare(text.sql)).get_attributes())
        bound = text.bound(values)
        found: Sequence[Any] = await (_sqlite(driver, text.sql, bound) if SQLITE else driver.fetch(text.sql, *bound))
    return [text.read(row) for row in found] if text.readers else found


async def _sqlite(driver: Any, sql: str, bound: Sequence[Any]) -> Any:
    """What SQLite answers, which has no deadline of its own. Raises TimeoutError."""
    try:
        async with asyncio.timeout(settings.statement_timeout):
            return await driver.execute_fetchall(sql, bound)
    except (TimeoutError, asyncio.CancelledError):
        await driver.interrupt()  # its thread would go on, and whoever has the connection next would wait
        raise


class Text:
    """A statement as the driver takes it: its text, what it is bound to, and what reads the values of its rows."""

    readers: list[tuple[int, Callable[[Any], Any]]] | None = None

    def __init__(self, statement: Any) -> None:
        compiled = statement.compile(dialect=reads.dialect)
        asked = {name: None for name, bind in compiled.binds.items() if bind.required or bind.callable}
        state = compiled.construct_expanded_state(asked)
        types = {name: bind.type.dialect_impl(reads.dialect) for name, bind in compiled.binds.items()}
        process = {name: type_.bind_processor(reads.dialect) for name, type_ in types.items()} | {**state.processors}
        made = {column.key: column.default for column in getattr(compiled, "insert_prefetch", None) or ()}
        fixed = {name: _always(value) for name, value in state.parameters.items() if name not in asked}
        self.otherwise = fixed | {key: _always(it.arg) if it.is_scalar else it.arg for key, it in made.items()}
        self.sql, self.binds = state.statement, [(name, process.get(name)) for name in state.positiontup or ()]
        self.types = [column.type.dialect_impl(reads.dialect) for column in statement.exported_columns]

    def prepare(self, attributes: Sequence[Any]) -> None:
        """Find what reads each column, whose type in the database decides too."""
        codes = [attribute.type.oid for attribute in attributes] or [None] * len(self.types)
        found = [type_.result_processor(reads.dialect, code) for type_, code in zip(self.types, codes, strict=True)]
        self.readers = [(place, read) for place, read in enumerate(found) if read is not None]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the text."""
        given = [(values[key] if key in values else self.otherwise[key](None), write) for key, write in self.binds]
        return [value if write is None else write(value) for value, write in given]

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        """A row of the driver with values as Python has them."""
        found = list(row)
        for place, read in self.readers or ():
            found[place] = read(found[place])
        return found


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


@lru_cache(4096)
def _text(statement: Executable) -> Text:
    return Text(statement)
