"""SQLite made to do what PostgreSQL does: text of all alphabets, references that hold."""

from collections.abc import Callable
from typing import Any

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16000")


def _unless_null(change: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else change(text)


CASES = (str.lower, str.upper, str.casefold)
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {each.__name__: (1, _unless_null(each)) for each in CASES}
"""What connections know, each with the number of its arguments. Modules that need more add it."""


def prepare(connection: Any, *, read_only: bool) -> None:
    """Give a new connection its settings and functions."""
    for pragma in (*PRAGMAS, f"query_only={int(read_only)}"):
        connection.execute(f"PRAGMA {pragma}").close()
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)
