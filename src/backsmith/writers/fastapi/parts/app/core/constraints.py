"""What a broken constraint of the database means to the caller: found by its name or its columns, told by its field.

A column is named after its field, a reference with `_id` behind it; `info={"field": None}` marks a column that no body
has. A check names its field in `info={"field": ...}`, or says what has to hold in `info={"rule": ...}`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Column, Constraint, Index
from sqlalchemy.exc import DBAPIError

from app.core.database import Base
from app.core.errors import Code, Conflict, FieldError, Invalid, Problem

# https://www.postgresql.org/docs/current/errcodes-appendix.html
STATES: dict[str, Code] = {
    "23505": "duplicate",
    "23503": "not_found",
    "23001": "not_found",
    "23514": "check",
    "23P01": "overlap",
    "23502": "required",
    "22003": "too_large",
    "22008": "too_large",
}
# SQLite says `CHECK constraint failed: products_price_min`, `UNIQUE constraint failed: products.sku`.
KINDS: dict[str, Code] = {"UNIQUE": "duplicate", "FOREIGN KEY": "not_found", "CHECK": "check", "NOT NULL": "required"}
KINDS["user-defined function raised exception"] = "too_large"
MESSAGES: dict[Code, str] = {
    "duplicate": "Another one has this already.",
    "not_found": "There is no such row, or it may not be read.",
    "check": "This is beyond its bounds.",
    "overlap": "Another one is in the way at this time.",
    "required": "This is required.",
    "too_large": "This is too large.",
}
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
        code, name, columns = _read(error)
        if code is None:
            raise
        if code == "not_found" and deleting:
            raise Conflict("in_use", "", IN_USE) from error
        if effect is not None and code in ("check", "required", "too_large"):
            raise Conflict("bound", effect, "This would go beyond its bounds.") from error
        fields = [f"{within}.{field}" if within else field for field in _fields(name, columns)] or [within]
        raise _problem(code, fields, _constraints().get(name)) from error


def _problem(code: Code, fields: list[str], constraint: Constraint | Index | None) -> Problem:
    rule = constraint.info.get("rule") if constraint is not None else None
    message = f"This has to hold: {rule}" if rule else MESSAGES[code]
    problem = Conflict(code, "", message) if code in ("duplicate", "overlap") else Invalid(())
    problem.errors = tuple(FieldError(field, code, message) for field in fields)
    return problem


def _read(error: DBAPIError) -> tuple[Code | None, str, list[Column[Any]]]:
    """The code of what went wrong, the constraint's name and its columns, as far as the database tells them."""
    cause: Any = getattr(error.orig, "__cause__", None) or error.orig  # the driver's error, or what is made of it
    if (state := getattr(cause, "sqlstate", None)) is not None:
        return STATES.get(state), cause.constraint_name or "", _columns([f"{cause.table_name}.{cause.column_name}"])
    text = str(error.orig)
    if (said := re.fullmatch(r"([A-Z ]+) constraint failed(?:: (.*))?", text)) is not None:
        detail = (said[2] or "").removeprefix("index ").strip("'")
        return KINDS.get(said[1]), detail, _columns(detail.split(", "))
    return "overlap" if text in _constraints() else KINDS.get(text), text, []  # raised by a trigger, or a function


def _columns(names: list[str]) -> list[Column[Any]]:
    tables = Base.metadata.tables
    pairs = [name.partition(".") for name in names]
    return [tables[table].c[column] for table, _, column in pairs if table in tables and column in tables[table].c]


@cache
def _constraints() -> dict[str, Constraint | Index]:
    tables = Base.metadata.tables.values()
    constraints = {str(each.name): each for table in tables for each in table.constraints}
    return constraints | {str(each.name): each for table in tables for each in table.indexes}


def _fields(name: str, columns: list[Column[Any]]) -> list[str]:
    constraint = _constraints().get(name)
    if constraint is not None and constraint.info:
        return [constraint.info["field"]] if "field" in constraint.info else []
    fields = [_field_of(column) for column in getattr(constraint, "columns", columns)]
    return [field for field in fields if field is not None]


def _field_of(column: Column[Any]) -> str | None:
    named = column.name.removesuffix("_id") if column.foreign_keys else column.name
    field: str | None = column.info.get("field", named)
    return field
