"""What expressions calculate with decimals, moments, days and text: alike on both databases, and as in Python.

Decimals on SQLite are whole numbers, so that whoever calculates with them says how many places they have: `price *
quantity` of scales 2 and 0 has scale 2. Every function is null where something that it needs is null, and where what
it comes to is beyond the calendar.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    Numeric,
    case,
    cast,
    extract,
    func,
    literal,
    literal_column,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from app.core import sqlite
from app.core.database import SQLITE
from app.core.sql import UNICODE, Column, collated
from app.core.types import Characters, Day, Exact, Span, UtcDateTime

DAY = timedelta(days=1)
MOMENTS = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)  # asyncpg reads the very ends as infinity
DAYS = date(1, 1, 2), date(9999, 12, 30)


def half_even(dividend: int | None, divisor: int | None, places: int) -> int | None:
    """dividend / divisor * 10**places, rounded half to even; null by nothing, by zero, and where it is too large."""
    if not isinstance(dividend, int) or not isinstance(divisor, int) or not divisor:
        return None  # a float is a whole number that has outgrown 64 bits
    dividend, divisor = dividend * 10 ** max(places, 0), divisor * 10 ** max(-places, 0)
    quotient, rest = divmod(dividend, divisor)
    twice = abs(2 * rest) - abs(divisor)
    return quotient + (twice > 0 or (twice == 0 and quotient % 2 == 1))


sqlite.FUNCTIONS["half_even"] = 3, half_even


def widen(value: Column, from_scale: int, to_scale: int) -> ColumnElement[Any]:
    """A decimal with more places, so that it can be compared with or added to one that has them."""
    places = to_scale - from_scale
    return value * number(10**places) if SQLITE and places else value  # type: ignore[return-value]


def rounded(value: Column, from_scale: int, to: Exact) -> ColumnElement[Any]:
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


def lower(text: Column) -> ColumnElement[str]:
    """In lower case, of all alphabets."""
    return func.lower(text, type_=Characters()) if SQLITE else _by_code_point(func.lower(collated(text, UNICODE)))


def upper(text: Column) -> ColumnElement[str]:
    """In upper case, of all alphabets."""
    return func.upper(text, type_=Characters()) if SQLITE else _by_code_point(func.upper(collated(text, UNICODE)))


def _by_code_point(text: ColumnElement[Any]) -> ColumnElement[str]:
    return type_coerce(collated(text, "C"), Characters())


def divided(dividend: Column, a_scale: int, divisor: Column, b_scale: int, scale: int) -> ColumnElement[Any]:
    """The quotient of two decimals, rounded half-even to `scale` places; null by zero."""
    places = scale + b_scale - a_scale
    if SQLITE:
        return func.half_even(dividend, divisor, places, type_=BigInteger())
    n, d = cast(dividend, Numeric) * digits(f"1E{scale}"), func.nullif(cast(divisor, Numeric), 0)
    tie_at_even = func.abs(func.mod(n, 2 * d)) * 2 == func.abs(d)
    nearest = func.div(2 * n + func.sign(n) * func.abs(d), 2 * d)
    return case((tie_at_even, func.div(n, d)), else_=nearest) * digits(f"1E-{scale}")


def floating(value: Column, scale: int) -> ColumnElement[Any]:
    """A decimal of `scale` places as the nearest float."""
    float_: ColumnElement[float] = cast(value, Double)
    return float_ / literal_column(str(10.0**scale), Double) if SQLITE else float_


def moment_plus(moment: Column, span: Column) -> ColumnElement[datetime]:
    return _of_calendar(moment + span, UtcDateTime(), *MOMENTS)


def moment_minus(moment: Column, span: Column) -> ColumnElement[datetime]:
    return _of_calendar(moment - span, UtcDateTime(), *MOMENTS)


def _of_calendar(value: ColumnElement[Any], type_: TypeEngine[Any], first: Any, last: Any) -> ColumnElement[Any]:
    """The value where the calendar has it, which ends with the year 9999; null beyond."""
    found = type_coerce(value, type_)
    return type_coerce(case((found.between(literal(first, type_), literal(last, type_)), found)), type_)


def between(later: Column, earlier: Column) -> ColumnElement[timedelta]:
    """The time between two moments."""
    return type_coerce(later - earlier, Span)


def day_plus(day: Column, span: Column) -> ColumnElement[date]:
    """The day that many whole days later."""
    return _of_calendar(day + _whole_days(span), Day(), *DAYS)


def day_minus(day: Column, span: Column) -> ColumnElement[date]:
    """The day that many whole days earlier."""
    return _of_calendar(day - _whole_days(span), Day(), *DAYS)


def _whole_days(span: Column) -> ColumnElement[int]:
    """As in Python: minus one hour is minus one day, and 23 hours."""
    if not SQLITE:
        return cast(func.floor(extract("epoch", span) / number(86_400)), Integer)
    length, count = number(86_400_000_000), cast(span, BigInteger)
    return (count - (count % length + length) % length) // length


def days_between(later: Column, earlier: Column) -> ColumnElement[timedelta]:
    """The time between two days."""
    return times(type_coerce(later - earlier, BigInteger), DAY)


def times(count: Column, unit: timedelta) -> ColumnElement[timedelta]:
    """So many days, hours or minutes."""
    return type_coerce(type_coerce(count, BigInteger) * literal(unit, Span), Span)


def span_divided(span: Column, count: Column) -> ColumnElement[timedelta]:
    """One of so many equal parts, to the microsecond; null by zero."""
    result = func.half_even(span, count, 0) if SQLITE else span.op("/")(func.nullif(count, 0))
    return type_coerce(result, Span)


def digits(value: str) -> ColumnElement[Decimal]:
    """A decimal that stands in the statement itself."""
    return literal_column(format(Decimal(value), "f"), Numeric)
