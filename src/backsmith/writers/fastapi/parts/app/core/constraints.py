"""What a broken constraint of the database means to the caller: found by its name or its columns, told by its field.

A column is named after its field, a reference with `_id` behind it; `info={"field": None}` marks a column that no body
has. A check names its field in `info={"field": ...}`, or says what has to hold in `info={"rule": ...}`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, Column, Constraint, Index
from sqlalchemy.exc import DBAPIError

from app.core.database import Base
from app.core.errors import Conflict, FieldError, Invalid, Problem


class Broken(Enum):
    """The kinds of constraints."""

    UNIQUE, REFERENCE, CHECK, OVERLAP, NULL, RANGE = auto(), auto(), auto(), auto(), auto(), auto()


STATES = {
    "23505": Broken.UNIQUE,
    "23503": Broken.REFERENCE,
    "23001": Broken.REFERENCE,
    "23514": Broken.CHECK,
    "23P01": Broken.OVERLAP,
    "23502": Broken.NULL,
    "22003": Broken.RANGE,
    "22008": Broken.RANGE,
}
"""SQLSTATE of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html"""

MESSAGES = {
    "UNIQUE": Broken.UNIQUE,
    "FOREIGN KEY": Broken.REFERENCE,
    "CHECK": Broken.CHECK,
    "NOT NULL": Broken.NULL,
}
"""SQLite says `CHECK constraint failed: products_price_min`, `UNIQUE constraint failed: products.sku`."""

IN_USE = "Others still refer to it."


@contextmanager
def told(within: str = "", *, effect: str | None = None, deleting: bool = False) -> Iterator[None]:
    """Raise what the caller is told in place of a broken constraint.

    within: the path of the rows that are written; effect: the path of the field that an effect or a move changes;
    deleting: rows are deleted, and may still be referred to.
    """
    try:
        yield
    except DBAPIError as error:
        if (problem := _problem(error, within, effect, deleting)) is None:
            raise
        raise problem from error


def _problem(error: DBAPIError, within: str, effect: str | None, deleting: bool) -> Problem | None:
    kind, name, columns = _read(error)
    if kind is None:
        return None
    if kind is Broken.REFERENCE and deleting:
        return Conflict("in_use", "", IN_USE)
    if effect is not None and kind in (Broken.CHECK, Broken.RANGE, Broken.NULL):
        return Conflict("bound", effect, "This would go beyond its bounds.")
    fields = [f"{within}.{field}" if within else field for field in _fields(name, columns)] or [within]
    match kind:
        case Broken.UNIQUE:
            return duplicate(fields)
        case Broken.OVERLAP:
            return Conflict("overlap", fields[0], "Another one is in the way at this time.")
        case Broken.REFERENCE:
            return Invalid([FieldError(fields[0], "not_found", "There is no such row.")])
        case Broken.NULL:
            return Invalid([FieldError(fields[0], "required", "This is required.")])
        case Broken.RANGE:
            return Invalid([FieldError(fields[0], "too_large", "This is too large.")])
        case Broken.CHECK:
            return Invalid([FieldError(fields[0], "check", _rule(name))])


def duplicate(fields: list[str]) -> Problem:
    """What a row says that agrees with another where no two may."""
    problem = Conflict("duplicate", fields[0], "Another one has this already.")
    problem.errors = tuple(FieldError(field, "duplicate", problem.detail) for field in fields)
    return problem


def _read(error: DBAPIError) -> tuple[Broken | None, str, list[Column[Any]]]:
    """The kind of the constraint, its name and its columns, as far as the database tells them."""
    cause = getattr(error.orig, "__cause__", None)
    if (state := getattr(cause, "sqlstate", None)) is not None:
        column = _columns([f"{cause.table_name}.{cause.column_name}"]) if cause and cause.column_name else []
        return STATES.get(state), getattr(cause, "constraint_name", None) or "", column
    text = str(error.orig)
    if (said := re.fullmatch(r"([A-Z ]+) constraint failed(?:: (.*))?", text)) is not None:
        detail = said[2] or ""
        return MESSAGES.get(said[1]), detail.removeprefix("index ").strip("'"), _columns(detail.split(", "))
    return (Broken.OVERLAP, text, []) if text in _constraints() else (None, "", [])  # raised by a trigger


def _columns(names: list[str]) -> list[Column[Any]]:
    tables = Base.metadata.tables
    pairs = [name.partition(".") for name in names]
    return [tables[table].c[column] for table, _, column in pairs if table in tables and column in tables[table].c]


@cache
def _constraints() -> dict[str, Constraint | Index]:
    tables = Base.metadata.tables.values()
    constraints: dict[str, Constraint | Index] = {
        str(each.name): each for table in tables for each in table.constraints
    }
    return constraints | {str(each.name): each for table in tables for each in table.indexes}


def _fields(name: str, columns: list[Column[Any]]) -> list[str]:
    constraint = _constraints().get(name)
    if constraint is not None:
        if "field" in constraint.info:
            return [constraint.info["field"]]
        if isinstance(constraint, CheckConstraint):
            return []
        columns = list(getattr(constraint, "columns", columns))
    return [field for column in columns if (field := field_of(column)) is not None]


def field_of(column: Column[Any]) -> str | None:
    """The name of the field that a column holds; None where no body has it."""
    named: str | None = column.info.get(
        "field", column.name.removesuffix("_id") if column.foreign_keys else column.name
    )
    return named


def _rule(name: str) -> str:
    constraint = _constraints().get(name)
    rule = constraint.info.get("rule") if constraint is not None else None
    return f"This has to hold: {rule}" if rule else "This is beyond its bounds."
