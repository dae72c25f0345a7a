"""SQLite made to do what PostgreSQL does: text of all alphabets, exact division, references that hold."""

from collections.abc import Callable
from typing import Any

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16000")


def half_even(dividend: int | None, divisor: int | None, places: int) -> int | None:
    """dividend / divisor * 10**places, rounded half to even; null by nothing and by zero."""
    if dividend is None or not divisor:
        return None
    if not isinstance(dividend, int) or not isinstance(divisor, int):
        raise OverflowError("a decimal has become too large to be exact")
    dividend, divisor = dividend * 10 ** max(places, 0), divisor * 10 ** max(-places, 0)
    quotient, rest = divmod(dividend, divisor)
    twice = abs(2 * rest) - abs(divisor)
    return quotient + (twice > 0 or (twice == 0 and quotient % 2 == 1))


def prepare(connection: Any, *, read_only: bool) -> None:
    """Give a new connection its settings and functions."""
    for pragma in (*PRAGMAS, f"query_only={int(read_only)}"):
        connection.execute(f"PRAGMA {pragma}").close()
    for change in (str.lower, str.upper, str.casefold):
        connection.create_function(change.__name__, 1, _unless_null(change), deterministic=True)
    connection.create_function("half_even", 3, half_even, deterministic=True)


def _unless_null(change: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else change(text)
