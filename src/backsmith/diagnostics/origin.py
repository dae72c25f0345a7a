"""Where a fact was written down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A place in a source. `line` and `column` count from 1; `end` is the first column after the text that is meant."""

    source: str
    line: int = 1
    column: int = 1
    end: int | None = None
