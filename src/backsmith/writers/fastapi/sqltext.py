"""Conditions as SQL text that both databases read alike: for constraints and partial indexes."""

import re

from backsmith.design import naming, types
from backsmith.design.expressions import And, Compare, Comparison, Expr, In, Literal, Not, Or, Path
from backsmith.design.model import Entity
from backsmith.writers.fastapi import names

OPERATORS = {Comparison.EQ: "=", Comparison.NE: "!="}


def condition(entity: Entity, expr: Expr) -> str | None:
    """The condition over a row's own columns. Not where NULL or a scaled decimal would need care."""
    match expr:
        case And():
            return _combined(entity, expr.operands, " AND ")
        case Or():
            return _combined(entity, expr.operands, " OR ", "({})")
        case Not():
            inner = condition(entity, expr.operand)
            return None if inner is None else f"NOT ({inner})"
        case Compare(right=Literal(value=None)):
            column = _value(entity, expr.left)
            test = {Comparison.EQ: "IS NULL", Comparison.NE: "IS NOT NULL"}.get(expr.operator)
            return None if column is None or test is None else f"{column} {test}"
        case Compare():
            return _compared(entity, expr)
        case In(right=tuple() as items):
            return _among(entity, expr.left, items)
        case Path(type=types.Bool(), may_be_null=False):
            return _value(entity, expr)
        case _:
            return None


def _combined(entity: Entity, operands: tuple[Expr, ...], word: str, form: str = "{}") -> str | None:
    parts = [condition(entity, operand) for operand in operands]
    return None if None in parts else form.format(word.join(part for part in parts if part is not None))


def _compared(entity: Entity, expr: Compare) -> str | None:
    left, right = _value(entity, expr.left), _value(entity, expr.right)
    if isinstance(expr.right, Literal) and isinstance(expr.right.value, bool):
        holds = expr.right.value == (expr.operator is Comparison.EQ)
        return None if left is None or expr.left.may_be_null else left if holds else f"NOT {left}"
    if left is None or right is None or not _alike(expr.left, expr.right):
        return None
    plain = f"{left} {OPERATORS.get(expr.operator, expr.operator)} {right}"
    if not expr.left.may_be_null and not expr.right.may_be_null:
        return plain
    match expr.operator:
        case Comparison.EQ:
            return f"{left} IS NOT DISTINCT FROM {right}"
        case Comparison.NE:
            return f"{left} IS DISTINCT FROM {right}"
        case _:
            return f"coalesce({plain}, FALSE)"


def _among(entity: Entity, left: Expr, items: tuple[Literal, ...]) -> str | None:
    sought, values = _value(entity, left), [_value(entity, item) for item in items]
    if left.may_be_null or sought is None or None in values or not all(_alike(left, item) for item in items):
        return None
    return f"{sought} IN ({', '.join(value for value in values if value is not None)})"


def _alike(left: Expr, right: Expr) -> bool:
    """Whether both are stored in the same way on SQLite."""
    if isinstance(right, Literal) and right.value == 0:
        return True
    scales = [side.type.scale if isinstance(side.type, types.Decimal) else 0 for side in (left, right)]
    return scales[0] == scales[1] and (scales[0] == 0 or not isinstance(right, Literal))


def _value(entity: Entity, expr: Expr) -> str | None:
    match expr:
        case Path(steps=(step,)) if step in naming.IMPLICIT_FIELDS:  # which passes make; their columns have their names
            return step
        case Path(steps=(step,)) if entity.field(step).stored:
            return quoted(names.column(entity.field(step)))
        case Literal(value=bool() | None):
            return None
        case Literal(value=int() as number):
            return str(number)
        case Literal(value=str() as text):
            return _literal(text)
        case _:
            return None


def _literal(text: str) -> str:
    """The text in quotes. SQLAlchemy takes a colon before a word for a parameter, also in quotes: they are parted."""
    return re.sub(r":(?=\w)", ":' || '", "'{}'".format(text.replace("'", "''")))


RESERVED_WORDS = (
    "all analyse analyze and any array as asc asymmetric authorization between binary both by case cast check "
    "collate collation column commit concurrently constraint create cross current_date current_time "
    "current_timestamp default deferrable delete desc distinct do drop else end escape except exists false fetch "
    "for foreign freeze from full glob grant group having if in index initially inner insert intersect into is "
    "isnull join lateral leading left like limit localtime match natural no not nothing notnull null of offset on "
    "only or order outer over overlaps placing primary raise references regexp replace returning right row select "
    "session_user set similar some symmetric table then to trailing transaction true union unique update user using "
    "values variadic verbose when where window with"
)
RESERVED = frozenset(RESERVED_WORDS.split())


def quoted(column: str) -> str:
    """The column's name as it stands in SQL."""
    return f'"{column}"' if column in RESERVED else column
