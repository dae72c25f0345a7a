"""Conditions and values that both databases work out alike, and that Django has no words for."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    Case,
    DurationField,
    Field,
    Func,
    Lookup,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from apps.core import fields
from apps.core.arithmetic import UNICODE, Anything, Calculated, Divided, Long, SpanDivided, Sql

# Fields and lookups are generic for type checkers alone.
# mypy: disable-error-code="type-arg"


class Same(Calculated):
    """Whether two values are equal, of which null equals null."""

    output_field = BooleanField()
    sqlite, postgresql = "({0} IS {1})", "({0} IS NOT DISTINCT FROM {1})"


class Different(Calculated):
    """Whether two values are not equal, of which null equals null."""

    output_field = BooleanField()
    sqlite, postgresql = "({0} IS NOT {1})", "({0} IS DISTINCT FROM {1})"


class Among(Calculated):
    """Whether the first value is one of the others."""

    output_field = BooleanField()

    def __init__(self, value: Anything, *others: Anything, **options: Any) -> None:
        super().__init__(value, *others, **options)
        listed = ", ".join(f"{{{number}}}" for number in range(1, len(others) + 1))
        self.sqlite = self.postgresql = f"({{0}} IN ({listed}))"


def certain(condition: Any) -> Coalesce:
    """The condition, false where it is unknown."""
    return Coalesce(condition, Value(False), output_field=BooleanField())


def truth(condition: Any) -> Case:
    """The condition as a value that is true or false."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


@fields.CharField.register_lookup
@fields.TextField.register_lookup
@fields.EmailField.register_lookup
class Contains(Lookup):
    """`name__icontains="äpf"`: stands somewhere in the text, whatever the case of either, in all alphabets."""

    lookup_name = "icontains"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        text, parameters = self.process_lhs(compiler, connection)
        part, more = self.process_rhs(compiler, connection)
        sql = f"(instr(casefold({text}), casefold({part})) > 0)"
        if connection.vendor == "postgresql":
            sql = f'(strpos(casefold(({text}) COLLATE "{UNICODE}"), casefold(({part}) COLLATE "{UNICODE}")) > 0)'
        return sql, [*parameters, *more]


@fields.ListField.register_lookup
class Has(Lookup):
    """`labels__has="new"`: the list has this value in it."""

    lookup_name = "has"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Sql:
        return "%s", [value]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        held, parameters = self.process_lhs(compiler, connection)
        value, more = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            cast = "" if hasattr(self.rhs, "as_sql") else f"::{_KINDS[type(self.rhs)]}"
            return f"({held} @> to_jsonb({value}{cast}))", [*parameters, *more]
        items = f"json_each({held})"
        return f"EXISTS (SELECT 1 FROM {items} WHERE value = {value})", [*parameters, *more]  # noqa: S608


_KINDS: dict[type, str] = {str: "text", int: "bigint", float: "double precision", bool: "boolean"}


# What is worked out over the rows of another query. Each is one value, also where there are no rows.


class Over(Subquery):
    """A function of all rows of a query."""

    def __init__(self, rows: QuerySet[Any], value: Func, **options: Any) -> None:
        super().__init__(rows.order_by().values(over__all=value), **options)


def _of(function: str, value: Anything, output_field: Field | None = None) -> Func:
    return Func(value, function=function, output_field=output_field)


def count(rows: QuerySet[Any], value: Anything | None = None) -> Over:
    """How many rows there are, or how many have the value."""
    whole = models.BigIntegerField()
    return Over(rows, _of("COUNT", Value(1) if value is None else value, whole), output_field=whole)


def total(rows: QuerySet[Any], value: Anything, output_field: Field) -> Coalesce:
    """The sum, which of nothing is none."""
    summed = _of("SUM", value, output_field)
    if isinstance(output_field, models.IntegerField):
        summed = Long(summed)
    return Coalesce(Over(rows, summed, output_field=output_field), _none(output_field), output_field=output_field)


def _none(field: Field) -> Value:
    if isinstance(field, fields.DecimalField):
        return Value(Decimal(0).scaleb(-field.decimal_places), field)
    return Value(timedelta() if isinstance(field, DurationField) else 0, field)


def least(rows: QuerySet[Any], value: Anything, output_field: Field) -> Over:
    """The smallest value; null of nothing."""
    return Over(rows, _of("MIN", value, output_field), output_field=output_field)


def greatest(rows: QuerySet[Any], value: Anything, output_field: Field) -> Over:
    """The largest value; null of nothing."""
    return Over(rows, _of("MAX", value, output_field), output_field=output_field)


def average(rows: QuerySet[Any], value: Anything, output_field: Field, places: int = 0) -> Over:
    """The mean of values with so many places; null of nothing."""
    summed, counted = _of("SUM", value, output_field), _of("COUNT", value, models.BigIntegerField())
    mean: Func = _of("AVG", value, output_field)
    if isinstance(output_field, DurationField):
        mean = SpanDivided(summed, counted)
    elif isinstance(output_field, fields.DecimalField):
        mean = Divided(summed, places, counted, 0, output_field.decimal_places, output_field=output_field)
    return Over(rows, mean, output_field=output_field)


def held(value: Any, output_field: Field | None = None) -> Any:
    """A value of a row that is being made, be it known or what works it out."""
    return value if isinstance(value, BaseExpression) else Value(value, output_field)


class Alone(Func):
    """An expression that asks for no column of the row that it is stored in: Django cannot tell where it has conditions."""

    template = "%(expressions)s"
    contains_column_references = False


def worked_out(values: dict[str, Any], using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """What these are worth, by one statement about no table, and by none where all is known."""
    asked = [name for name, value in values.items() if isinstance(value, BaseExpression)]
    known = {name: value for name, value in values.items() if name not in asked}
    if not asked:
        return known
    query = Query(None)
    for name in asked:
        query.add_annotation(values[name], name)
    (row,) = query.get_compiler(using=using).results_iter()
    return known | dict(zip(asked, row, strict=True))
