"""What a broken constraint of the database means to the caller: found by its name or its columns, told by its field.

A check that the blueprint names says in its `violation_error_message` what has to hold. All other checks are about one
field, the first that they name. A field that no body has is not editable.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models

from apps.core.errors import Code, Conflict, FieldError, Invalid, Problem

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
    except models.RestrictedError as error:
        raise Conflict("in_use", "", IN_USE) from error
    except DatabaseError as error:
        code, name, columns = _read(error)
        if code is None:
            raise
        if code == "not_found" and deleting:
            raise Conflict("in_use", "", IN_USE) from error
        if effect is not None and code in ("check", "required", "too_large"):
            raise Conflict("bound", effect, "This would go beyond its bounds.") from error
        fields = [f"{within}.{field}" if within else field for field in _fields(name, columns)] or [within]
        raise _problem(code, fields, _constraints().get(name)) from error


def _problem(code: Code, fields: list[str], constraint: Any) -> Problem:
    message = constraint.violation_error_message if _is_rule(constraint) else MESSAGES[code]
    problem = Conflict(code, "", message) if code in ("duplicate", "overlap") else Invalid(())
    problem.errors = tuple(FieldError(field, code, message) for field in fields)
    return problem


def _read(error: DatabaseError) -> tuple[Code | None, str, list[Any]]:
    """The code of what went wrong, the constraint's name and its columns, as far as the database tells them."""
    cause: Any = error.__cause__
    if (state := getattr(cause, "sqlstate", None)) is not None:
        known = cause.diag
        return STATES.get(state), known.constraint_name or "", _columns([f"{known.table_name}.{known.column_name}"])
    text = str(error)
    if (said := re.fullmatch(r"([A-Z ]+) constraint failed(?:: (.*))?", text)) is not None:
        detail = (said[2] or "").removeprefix("index ").strip("'")
        return KINDS.get(said[1]), detail, _columns(detail.split(", "))
    return "overlap" if text in _constraints() else KINDS.get(text), text, []  # raised by a trigger, or a function


def _columns(names: list[str]) -> list[Any]:
    found = []
    for name in names:
        table, _, column = name.partition(".")
        fields = _tables()[table]._meta.concrete_fields if table in _tables() else ()
        found += [field for field in fields if field.column == column]
    return found


def referring(model: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Every field that refers to such rows, with the table that it is of."""
    for other in apps.get_models(include_auto_created=True):
        fields: Sequence[Any] = other._meta.concrete_fields
        yield from ((other, field) for field in fields if field.related_model is model)


@cache
def _tables() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@cache
def _constraints() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in _tables().values():
        found |= {str(each.name): each for each in (*model._meta.constraints, *model._meta.indexes)}
        for each in found.values():
            each.model = getattr(each, "model", model)
    return found


def _fields(name: str, columns: list[Any]) -> list[str]:
    constraint = _constraints().get(name)
    if _is_rule(constraint):
        return []
    if isinstance(constraint, models.CheckConstraint):
        condition: Any = constraint.condition
        return [condition.children[0][0].partition("__")[0]]
    if (start := getattr(constraint, "start", None)) is not None:
        return [start]  # rows overlap from there
    if constraint is not None and getattr(constraint, "fields", None):
        columns = [constraint.model._meta.get_field(field.lstrip("-")) for field in constraint.fields]
    return [field.name for field in columns if field.editable and field.name not in _within(field.model)]


def _is_rule(constraint: Any) -> bool:
    return getattr(constraint, "violation_error_code", None) == "check"


def _within(model: Any) -> tuple[str | None, str | None]:
    """The fields that name what a row is within: its whole, and its tenant."""
    return getattr(model, "WHOLE", None), getattr(model, "TENANT", None)
