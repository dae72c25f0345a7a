"""Conditions that both databases test alike."""

from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam, collate, exists, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import Grouping

from app.core.database import SQLITE
from app.core.types import Among

Column = InstrumentedAttribute[Any] | ColumnElement[Any]

UNICODE = "pg_unicode_fast"  # the collation of PostgreSQL (from 18 on) that changes the case of all alphabets


def among(column: Column, name: str) -> ColumnElement[bool]:
    """`column` is one of the values bound to `name`: one prepared statement for any number of them."""
    type_ = column.type
    if SQLITE:
        values = func.json_each(bindparam(name, type_=Among(type_))).table_valued("value")
        return column.in_(select(values.c.value))
    return column == any_(bindparam(name, type_=ARRAY(type_)))


def holds(column: Column, value: ColumnElement[Any]) -> ColumnElement[bool]:
    """The list in `column` has `value` in it."""
    if SQLITE:
        items = func.json_each(column).table_valued("value")
        return exists(select(items.c.value).where(items.c.value == value))
    return type_coerce(column, JSONB).contains(func.to_jsonb(value, type_=JSONB))


def contains(text: Column, part: Column) -> ColumnElement[bool]:
    """`part` stands somewhere in `text`, whatever the case of either."""
    if SQLITE:
        return func.instr(func.casefold(text), func.casefold(part)) > 0
    return func.strpos(_folded(text), _folded(part)) > 0


def _folded(text: Column) -> ColumnElement[str]:
    return func.casefold(collated(text, UNICODE))


def collated(text: Column, collation: str) -> ColumnElement[Any]:
    """All of `text` in this collation: PostgreSQL's COLLATE binds tighter than SQLAlchemy has it."""
    return collate(Grouping(text), collation)  # type: ignore[arg-type]  # a model's attribute stands for its column
