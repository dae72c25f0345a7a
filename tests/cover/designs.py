"""The covering set: few small blueprints in which every two values of any two dimensions meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import StringIO
from itertools import combinations
from typing import Any

from allpairspy import AllPairs  # type: ignore[import-untyped]  # it comes without types
from ruamel.yaml import YAML

from backsmith.design.model import Framework
from backsmith.readers.blueprint.framework import with_framework
from tests.cover.options import BASE, DATABASE, DIMENSIONS, PYTHON, Fragment, Row, added

MOST = 40
"""Designs in the set."""

Choice = tuple[str, str]
"""A dimension and one of its values."""
Pair = tuple[Choice, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One blueprint for one framework. `number` begins at 1, and is that of the same blueprint for any framework;
    `alone`: whether it has one option beside the plainest, to be typed only."""

    number: int
    row: Row
    alone: bool = False
    framework: Framework = Framework.FASTAPI

    @property
    def name(self) -> str:
        """`cover-07`; `cover-07-django`."""
        behind = "" if self.framework is Framework.FASTAPI else f"-{self.framework}"
        return f"cover-{self.number:02}{behind}"

    @property
    def options(self) -> tuple[str, ...]:
        """What it has beside the plainest, as `dimension: value`."""
        return tuple(f"{name}: {value}" for name, value in self.row.items() if value != next(iter(DIMENSIONS[name])))

    @property
    def text(self) -> str:
        """The blueprint."""
        text = blueprint(f"cover-{self.number:02}", self.row)
        return text if self.framework is Framework.FASTAPI else with_framework(text, self.framework)


@cache
def designs(framework: Framework = Framework.FASTAPI) -> tuple[Design, ...]:
    """The set, the same every time: every framework has all of it, so that every two options meet on each."""
    made = AllPairs([list(values) for values in DIMENSIONS.values()])
    rows = thinned([dict(zip(DIMENSIONS, values, strict=True)) for values in made])
    return tuple(Design(number=number, row=row, framework=framework) for number, row in enumerate(rows, 1))


@cache
def alone(framework: Framework = Framework.FASTAPI) -> tuple[Design, ...]:
    """Each option by itself, where no design has it so; numbered behind the set."""
    plainest = {name: next(iter(values)) for name, values in DIMENSIONS.items()}
    rows = [plainest | {name: value} for name, values in DIMENSIONS.items() for value in values]
    there = [plainest, *(design.row for design in designs())]
    rows = [row for row in rows if row not in there and _typed(row) != _typed(plainest)]
    numbered = enumerate(rows, len(designs()) + 1)
    return tuple(Design(number=number, row=row, alone=True, framework=framework) for number, row in numbered)


def _typed(row: Row) -> dict[str, str]:
    """What code depends on."""
    return {name: value for name, value in row.items() if name not in (DATABASE, PYTHON)}


def thinned(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with the plainest values wherever no pair is lost by that."""
    counted: dict[Pair, int] = {}
    for row in rows:
        for pair in pairs(row):
            counted[pair] = counted.get(pair, 0) + 1
    for row in rows:
        for name in reversed(list(DIMENSIONS)):
            plain = row | {name: next(iter(DIMENSIONS[name]))}
            lost = [pair for pair in pairs(row) if (name, row[name]) in pair]
            if plain == row or any(counted[pair] == 1 for pair in lost):
                continue
            for pair in lost:
                counted[pair] -= 1
            row.update(plain)
            for pair in pairs(row):
                if (name, row[name]) in pair:
                    counted[pair] = counted.get(pair, 0) + 1
    return rows


def pairs(row: Row) -> Iterator[Pair]:
    """Every two choices of a row."""
    return combinations(row.items(), 2)


def possible_pairs() -> Iterator[Pair]:
    """Every two choices of different dimensions: all may stand together."""
    for some, others in combinations(DIMENSIONS, 2):
        yield from (((some, one), (others, other)) for one in DIMENSIONS[some] for other in DIMENSIONS[others])


def blueprint(name: str, row: Row) -> str:
    """The blueprint of a row."""
    tree: dict[str, Any] = {"backend": name}
    for fragment in (BASE, *(added(dimension, row) for dimension in row)):
        merge(tree, fragment)
    printed = StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(tree, printed)
    return printed.getvalue()


def merge(tree: dict[str, Any], fragment: Fragment) -> None:
    """Add a fragment: mappings and lists are joined, and what begins with `+` goes behind a line that is there."""
    for path, value in fragment.items():
        *steps, last = (["entities"] if path[0].isupper() else []) + path.split(".")
        place = tree
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = _joined(place.get(last), value)


def _joined(there: Any, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("+ "):
        return _behind(str(there), value.removeprefix("+ "))
    if isinstance(value, Mapping):
        return {**(there or {}), **value}
    if isinstance(value, list) and isinstance(there, list):
        return [*there, *value]
    return value


def _behind(line: str, words: str) -> str:
    """The line with more words; a question mark stands there once."""
    if words.startswith("?"):
        line, words = (line if "?" in line else f"{line}?"), words.removeprefix("?").strip()
    return f"{line} {words}".strip()
