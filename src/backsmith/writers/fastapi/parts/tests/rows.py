"""Rows straight into the database, and values as JSON shows them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import reader, transaction

START = datetime(2100, 1, 15, 8, 30, tzinfo=UTC)
"""A moment that comes after every test."""

numbers = count(1)
"""What tells rows apart that must not agree."""


async def stored(model: Any, values: dict[str, Any]) -> Any:
    """Insert a row. Answers its id."""
    async with transaction() as db:
        return (await db.execute(insert(model).returning(model.id), values)).scalar_one()


async def row_of(column: InstrumentedAttribute[Any], account: Any) -> Any:
    """The id of the one row that an account has, or None."""
    async with reader() as db:
        return (await db.execute(select(column.class_.id).where(column == account))).scalar_one_or_none()


async def linked(pairs: Table, **ids: Any) -> None:
    """Link two rows."""
    async with transaction() as db:
        await db.execute(insert(pairs), ids)


def sent(value: Any) -> Any:
    """The value as JSON shows it, in bodies and in answers."""
    match value:
        case dict():
            return {key: sent(item) for key, item in value.items()}
        case list() | tuple():
            return [sent(item) for item in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case Decimal() | UUID():
            return str(value)
        case _:
            return value


def _duration(span: timedelta) -> str:
    seconds = f"{span.seconds + span.microseconds / 1_000_000:g}"
    days = f"{span.days}D" if span.days else ""
    return f"P{days}T{seconds}S" if span.seconds or span.microseconds or not span.days else f"P{days}"


def spelled(head: str, alphabet: str, length: int, tail: str, number: int) -> str:
    """A text that spells a number in an alphabet: `spelled("AB-", "0123456789", 3, "", 7)` is `AB-007`."""
    digits = ""
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        digits = alphabet[place] + digits
    return head + digits + tail
