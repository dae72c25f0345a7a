"""What expressions calculate with decimals, moments, days and text: alike on both databases, and as in Python.

Decimals on SQLite are whole numbers, so that whoever calculates with them says how many places they have: `price *
quantity` of 2 places and none has 2. Every function is null where something that it needs is null, and where what it
comes to is beyond the calendar.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, DateField, DateTimeField, DurationField, Field, FloatField, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from apps.core import fields

# Fields and lookups are generic for type checkers alone.
# mypy: disable-error-code="type-arg"

Sql = tuple[str, Any]
Anything = Combinable | str | float | Decimal | timedelta
"""An expression, the name of a field, or a constant."""

UNICODE = "pg_unicode_fast"  # the collation of PostgreSQL (from 18 on) that changes the case of all alphabets


class Fixed(Value):
    """A constant with as many places as are written: `Fixed("0.50")`."""

    def __init__(self, digits: str) -> None:
        value = Decimal(digits)
        super().__init__(value, fields.DecimalField(max_digits=18, decimal_places=-int(value.as_tuple().exponent)))


class Calculated(Func):
    """A function that each database is told in its own way: `{0}` and `{1}` stand for what it is given."""

    sqlite: str
    postgresql: str

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **options: Any,
    ) -> Sql:
        given = [compiler.compile(each) for each in self.get_source_expressions()]
        whole, parameters = "", list[Any]()
        for piece in _pieces(self.sqlite if connection.vendor == "sqlite" else self.postgresql):
            if isinstance(piece, int):
                whole += given[piece][0]
                parameters += given[piece][1]
            else:
                whole += piece
        return whole, parameters

    as_sqlite = as_postgresql = as_sql


def _pieces(template: str) -> list[str | int]:
    """The text of a template, and the numbers of what stands in it."""
    first, *rest = template.split("{")
    found: list[str | int] = [first]
    for each in rest:
        number, _, text = each.partition("}")
        found += [int(number), text]
    return found


class Widened(Calculated):
    """A decimal with more places, so that it can be compared with or added to one that has them."""

    postgresql = "{0}"

    def __init__(self, value: Anything, places: int, **options: Any) -> None:
        super().__init__(value, **options)
        self.sqlite = f"({{0}} * {10**places})"


class Rounded(Calculated):
    """A decimal of so many places, rounded half-even to those of its type."""

    def __init__(self, value: Anything, places: int, output_field: Field, **options: Any) -> None:
        super().__init__(value, output_field=output_field, **options)
        scale: int = output_field.decimal_places  # type: ignore[attr-defined]
        more = scale - places
        self.sqlite = f"half_even({{0}}, 1, {more})" if more < 0 else f"({{0}} * {10**more})"
        self.postgresql = f"ROUND({{0}}, {scale})"
        if more < 0:  # half-way behind an even digit there is nothing to add; else PostgreSQL rounds away from zero
            half_way = f"MOD(ABS({{0}}) * {10**scale}, 2) = 0.5"
            self.postgresql = f"CASE WHEN {half_way} THEN TRUNC({{0}}, {scale}) ELSE ROUND({{0}}, {scale}) END"


class Divided(Calculated):
    """The quotient of two decimals, each with its places, rounded half-even to `scale` places; null by zero."""

    def __init__(
        self, dividend: Anything, a_places: int, divisor: Anything, b_places: int, scale: int, **options: Any
    ) -> None:
        places = fields.DecimalField(max_digits=18, decimal_places=scale)
        super().__init__(dividend, divisor, **{"output_field": places, **options})
        self.sqlite = f"half_even({{0}}, {{1}}, {scale + b_places - a_places})"
        n, d = f"(CAST({{0}} AS numeric) * 1E{scale})", "NULLIF(CAST({1} AS numeric), 0)"
        self.postgresql = (
            f"(CASE WHEN ABS(MOD({n}, 2 * {d})) * 2 = ABS({d}) THEN DIV({n}, {d})"
            f" ELSE DIV(2 * {n} + SIGN({n}) * ABS({d}), 2 * {d}) END * 1E-{scale})"
        )


class Floating(Calculated):
    """A decimal of so many places as the nearest float."""

    output_field = FloatField()
    postgresql = "CAST({0} AS double precision)"

    def __init__(self, value: Anything, places: int, **options: Any) -> None:
        super().__init__(value, **options)
        self.sqlite = f"(CAST({{0}} AS REAL) / {10.0**places})"


class Long(Calculated):
    """A whole number with room for what it is multiplied by."""

    output_field = BigIntegerField()
    sqlite = "{0}"
    postgresql = "CAST({0} AS bigint)"


class Lower(Calculated):
    """In lower case, of all alphabets."""

    output_field = fields.TextField()
    sqlite = "lower({0})"
    postgresql = f'(LOWER(({{0}}) COLLATE "{UNICODE}") COLLATE "C")'


class Upper(Calculated):
    """In upper case, of all alphabets."""

    output_field = fields.TextField()
    sqlite = "upper({0})"
    postgresql = f'(UPPER(({{0}}) COLLATE "{UNICODE}") COLLATE "C")'


class Joined(Calculated):
    """Two texts, one behind the other."""

    output_field = fields.TextField()
    sqlite = postgresql = "({0} || {1})"


class _OfCalendar(Calculated):
    """A moment or a day that the calendar, which ends with the year 9999, may not have."""

    first: str
    last: str

    def __init__(self, value: Anything, span: Anything, **options: Any) -> None:
        super().__init__(value, span, **options)
        sum_ = self.postgresql
        self.postgresql = f"(CASE WHEN {sum_} BETWEEN {self.first} AND {self.last} THEN {sum_} END)"


class _Moment(_OfCalendar):
    output_field = DateTimeField()
    first, last = "'0001-01-02 00:00:00+00'", "'9999-12-31 00:00:00+00'"


class MomentPlus(_Moment):
    """The moment that much later."""

    sqlite, postgresql = "moment_plus({0}, {1})", "({0} + {1})"


class MomentMinus(_Moment):
    """The moment that much earlier."""

    sqlite, postgresql = "moment_plus({0}, -{1})", "({0} - {1})"


WHOLE_DAYS = "CAST(FLOOR(EXTRACT(epoch FROM {1}) / 86400) AS integer)"  # as in Python: minus one hour is minus one day


class _Day(_OfCalendar):
    output_field = DateField()
    first, last = "'0001-01-02'", "'9999-12-30'"


class DayPlus(_Day):
    """The day that many whole days later."""

    sqlite, postgresql = "day_plus({0}, {1})", f"({{0}} + {WHOLE_DAYS})"


class DayMinus(_Day):
    """The day that many whole days earlier."""

    sqlite, postgresql = "day_minus({0}, {1})", f"({{0}} - {WHOLE_DAYS})"


class Times(Calculated):
    """So many days, hours or minutes; a length of time so many times."""

    output_field = DurationField()
    sqlite = postgresql = "({0} * {1})"


class SpanDivided(Calculated):
    """One of so many equal parts of a length of time, to the microsecond; null by zero."""

    output_field = DurationField()
    sqlite = "half_even({0}, {1}, 0)"
    # Days and hours apart from each other would be rounded each by themselves.
    postgresql = "((EXTRACT(epoch FROM {0}) * interval '1 second') / NULLIF({1}, 0))"
