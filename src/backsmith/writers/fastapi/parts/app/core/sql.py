"""Conditions and calculations that both databases work out alike, digit for digit.

Decimals on SQLite are whole numbers, so that whoever calculates with them says how many places they have: `price *
quantity` of scales 2 and 0 has scale 2. Every function is null where something that it needs is null.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    any_,
    bindparam,
    case,
    collate,
    exists,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import SQLITE
from app.core.types import Among, Exact

Column = InstrumentedAttribute[Any] | ColumnElement[Any]

UNICODE = "pg_unicode_fast"
"""The collation of PostgreSQL (from 18 on) that changes the case of all alphabets."""


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
    return func.casefold(collate(text, UNICODE))


def widen(value: Column, from_scale: int, to_scale: int) -> ColumnElement[Any]:
    """A decimal with more places, so that it can be compared with or added to one that has them."""
    places = to_scale - from_scale
    return value * number(10**places) if SQLITE and places else value  # type: ignore[return-value]


def rounded(value: Column, from_scale: int, to: Exact) -> ColumnElement[Decimal]:
    """A decimal of `from_scale` places, rounded half-even to the places of its type."""
    more, scale = to.scale - from_scale, number(to.scale)
    if SQLITE:
        result = func.half_even(value, 1, more) if more < 0 else widen(value, from_scale, to.scale)
    elif more >= 0:
        result = func.round(value, scale)
    else:  # half-way behind an even digit there is nothing to add; else PostgreSQL rounds away from zero
        half_way = func.mod(func.abs(value) * number(10**to.scale), 2) == literal_column("0.5", Numeric)
        result = case((half_way, func.trunc(value, scale)), else_=func.round(value, scale))
    return type_coerce(result, to)


def number(value: int) -> ColumnElement[int]:
    """A number that stands in the statement itself."""
    return literal_column(str(value), Integer)
