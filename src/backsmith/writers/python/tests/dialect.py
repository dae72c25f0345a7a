"""What the tests of a project say in the words of its framework. All else is the same for every framework."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backsmith.design.model import Design, Entity, Field
from backsmith.writers.python.code import Code

Lines = tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The words of one framework. Templates are printed as they stand for asyncio; who has none of it translates."""

    core: str
    """The package of what every project shares: `app.core`."""
    row_type: Callable[[Design, Entity], Code]
    """The type of what a factory answers: a key, or an instance of the model."""
    column: Callable[[Field], str]
    """What a factory calls a reference: `category_id`."""
    made: Callable[[Entity, str], str]
    """Makes a row, within `tests/factories.py`: `await category(tenant=tenant)`."""
    stored: Callable[[Design, Entity, Mapping[str, Code]], Lines]
    """Asserts that the row `other` holds these values."""
    deleted_meanwhile: Callable[[Design, Entity, Code], Lines]
    """Deletes the row `other` softly, and lets the request, which is not awaited, run into that: `posting`."""
