"""SQLite made to do what PostgreSQL does: text of all alphabets, exact quotients, moments within the calendar."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

FIRST_MOMENT, LAST_MOMENT = datetime(1, 1, 2), datetime(9999, 12, 31)  # noqa: DTZ001  # as SQLite keeps them, in UTC
FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)


def half_even(dividend: Any, divisor: Any, places: int) -> int | None:
    """dividend / divisor * 10**places, rounded half to even; null by nothing, by zero, and where it is too large."""
    if not isinstance(dividend, int) or not isinstance(divisor, int) or not divisor:
        return None  # a float is a whole number that has outgrown 64 bits
    dividend, divisor = dividend * 10 ** max(places, 0), divisor * 10 ** max(-places, 0)
    quotient, rest = divmod(dividend, divisor)
    twice = abs(2 * rest) - abs(divisor)
    return int(quotient + (twice > 0 or (twice == 0 and quotient % 2 == 1)))


def moment_plus(moment: str | None, microseconds: int | None) -> str | None:
    """The moment that much later; null where the calendar has none."""
    if moment is None or microseconds is None:
        return None
    try:
        found = datetime.fromisoformat(moment) + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
    return str(found) if FIRST_MOMENT <= found <= LAST_MOMENT else None


def day_plus(day: str | None, microseconds: int | None) -> str | None:
    """The day that many whole days later; null where the calendar has none."""
    return _other_day(day, microseconds, 1)


def day_minus(day: str | None, microseconds: int | None) -> str | None:
    """The day that many whole days earlier: an hour more is none, an hour less is one. Null beyond the calendar."""
    return _other_day(day, microseconds, -1)


def _other_day(day: str | None, microseconds: int | None, sign: int) -> str | None:
    if day is None or microseconds is None:
        return None
    try:
        found = date.fromisoformat(day) + timedelta(days=sign * timedelta(microseconds=microseconds).days)
    except OverflowError:
        return None
    return str(found) if FIRST_DAY <= found <= LAST_DAY else None


def _unless_null(change: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else change(text)


CASES = (str.lower, str.upper, str.casefold)
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    **{each.__name__: (1, _unless_null(each)) for each in CASES},
    **{each.__name__: (2, each) for each in (moment_plus, day_plus, day_minus)},
    half_even.__name__: (3, half_even),
}
"""What connections know, each with the number of its arguments."""


def prepare(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Give a new connection its functions: a receiver of Django's `connection_created`."""
    if connection.vendor == "sqlite":
        for name, (arguments, function) in FUNCTIONS.items():
            connection.connection.create_function(name, arguments, function, deterministic=True)
