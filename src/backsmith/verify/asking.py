"""Filters, searches and sorts against a model of the data: what may be asked, and which rows should answer."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from backsmith.contract.model import Comparing
from backsmith.design import types
from backsmith.design.model import Entity, Field
from backsmith.verify.knowledge import Row
from backsmith.verify.sight import Sight
from backsmith.verify.values import to_json

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One filter: `steps` lead to a field; `value` is compared with it, a tuple for `in`."""

    steps: tuple[str, ...]
    operator: Comparing
    value: Any

    @property
    def parameter(self) -> tuple[str, str]:
        """The name and the value of the query parameter."""
        name = "__".join((*self.steps, self.operator) if self.operator else self.steps)
        values = self.value if self.operator is Comparing.IN else (self.value,)
        return name, ",".join(_word(value) for value in values)


def _word(value: Any) -> str:
    plain = to_json(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def field_at(sight: Sight, entity: Entity, steps: Sequence[str]) -> tuple[Entity, Field]:
    """The field at the end of some steps, and its entity."""
    for step in steps[:-1]:
        reference = entity.field(step).type
        assert isinstance(reference, types.Ref)
        entity = sight.design.entity(reference.target)
    return entity, entity.field(steps[-1])


def matches(sight: Sight, entity: Entity, row: Row, asked: Asked, at: int = 0) -> bool | None:
    """Whether a row answers to a filter: what the caller may not read does not. None where either is right."""
    field = entity.field(asked.steps[at])
    shows = sight.shows(entity, field.name, row)
    if shows is False:
        return False
    if at + 1 < len(asked.steps):
        assert isinstance(field.type, types.Ref)
        beyond, target = row.get(field.name), sight.design.entity(field.type.target)
        if beyond is None or beyond.get("deleted_at") is not None or not sight.meets(target, beyond):
            return False
        found = matches(sight, target, beyond, asked, at + 1)
    else:
        found = compared(field, value_of(sight, field, row), asked)
    return found if shows or not found else None


def value_of(sight: Sight, field: Field, row: Row) -> Any:
    """What a row holds in a field, as it is compared: of a reference the id, of many the ids that are met."""
    value = row.get(field.name)
    match field.type:
        case types.Ref():
            return None if value is None else value["id"]
        case types.Many(target=target):
            return [other["id"] for other in value or () if sight.meets(sight.design.entity(target), other)]
    return value


def compared(field: Field, held: Any, asked: Asked) -> bool:
    """What a comparison says of a value that is held."""
    value = asked.value
    if asked.operator is Comparing.ISNULL:
        return (held is None) is value
    if isinstance(field.type, types.Values | types.Many):
        return held is not None and value in held
    if held is None:
        return asked.operator is Comparing.NE
    return COMPARE[asked.operator](held, value)


COMPARE: Mapping[Comparing, Callable[[Any, Any], bool]] = {
    Comparing.EQ: lambda held, value: bool(held == value),
    Comparing.NE: lambda held, value: bool(held != value),
    Comparing.LT: lambda held, value: bool(held < value),
    Comparing.LTE: lambda held, value: bool(held <= value),
    Comparing.GT: lambda held, value: bool(held > value),
    Comparing.GTE: lambda held, value: bool(held >= value),
    Comparing.IN: lambda held, value: held in value,
    Comparing.CONTAINS: lambda held, value: value.casefold() in held.casefold(),
}


def found_by(sight: Sight, entity: Entity, row: Row, words: str) -> bool:
    """Whether a search finds a row: in a field that the caller may read."""
    return any(
        field.search
        and row.get(field.name) is not None
        and words.casefold() in row[field.name].casefold()
        and sight.shows(entity, field.name, row) is not False
        for field in entity.fields
    )


# Values to ask for


def held_at(sight: Sight, entity: Entity, steps: Sequence[str]) -> list[Any]:
    """The different values that rows hold at the end of some steps, as anybody with all rights would find them."""
    found: list[Any] = []
    for row in sight.known.rows[entity.name].values():
        here = entity
        beyond: Row | None = row
        for step in steps[:-1]:
            reference = here.field(step).type
            beyond = (beyond or {}).get(step)
            assert isinstance(reference, types.Ref)
            here = sight.design.entity(reference.target)
        if beyond is None or beyond.get(steps[-1]) is None:
            continue
        value = beyond[steps[-1]]
        for each in value if isinstance(value, list) else [value]:
            plain = each["id"] if isinstance(each, dict) and "id" in each else each
            if plain not in found:
                found.append(plain)
    return found


def questions(operator: Comparing, held: Sequence[Any], field: Field) -> Iterator[Any]:
    """Values to compare with: one that is held, those just beside it, and one that no row has."""
    if operator is Comparing.ISNULL:
        yield from (True, False)
        return
    sent = [value for value in held if _can_be_sent(value)]
    absent = [value for value in (_absent(value) for value in sent[:1]) if value is not None]
    match operator:
        case Comparing.IN:
            if sent:
                yield tuple(sent[:2] + absent)
        case Comparing.CONTAINS:
            yield from (_swapped(value) for value in sent[-2:])
        case Comparing.EQ | Comparing.NE:
            yield from [*sent[:1], *absent]
        case _:
            middle = sorted(sent)[len(sent) // 2 :][:1]
            below = operator in (Comparing.GT, Comparing.GTE)
            yield from middle
            for value in middle:
                yield from list(beside(value, field))[:1] if below else list(beside(value, field))[1:]


def _can_be_sent(value: Any) -> bool:
    return not isinstance(value, str) or ("," not in value and bool(value.strip()))


def _swapped(text: str) -> str:
    """A piece of a text in the other case."""
    piece = text[len(text) // 4 :][:6].strip() or text
    other = piece.swapcase()
    return other if other.casefold() == piece.casefold() else piece


def _absent(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case UUID():
            return UUID(int=value.int ^ 0xFFFF)
        case str() if UUID_TEXT.fullmatch(value):
            return str(UUID(int=UUID(value).int ^ 0xFFFF))
        case timedelta() | datetime() | date():
            return value + timedelta(days=4000)
        case int():
            return value + 987_654
    return None


def beside(value: Any, field: Field) -> Iterator[Any]:
    """The nearest values below and above."""
    step: Any = None
    match value:
        case bool():
            return
        case int() | float():
            step = 1
        case Decimal() if isinstance(field.type, types.Decimal):
            step = Decimal(1).scaleb(-field.type.scale)
        case datetime() | timedelta():
            step = timedelta(seconds=1)
        case date():
            step = timedelta(days=1)
        case time():
            yield value.replace(microsecond=value.microsecond ^ 1)
            return
    if step is not None:
        yield from (value - step, value + step)


# Orders


def disorder(rows: Sequence[Row], sort: Sequence[str]) -> str | None:
    """Where rows do not stand in an order: nulls last whatever the direction, ties by id in one direction.

    sort: names, those with `-` in front downward. None where all is right.
    """
    names = [name.removeprefix("-") for name in sort]
    down = [name.startswith("-") for name in sort]
    ties: set[bool] = set()
    for left, right in pairwise(rows):
        order = _compare(left, right, names, down)
        if order > 0:
            return f"{left['id']} stands before {right['id']}"
        if order == 0:
            ties.add(_key(left["id"]) < _key(right["id"]))
            if left["id"] == right["id"]:
                return f"{left['id']} stands there twice"
    return "rows that are equal are not sorted by id" if len(ties) > 1 else None


def _compare(left: Row, right: Row, names: Sequence[str], down: Sequence[bool]) -> int:
    for name, downward in zip(names, down, strict=True):
        first, second = _key(left.get(name)), _key(right.get(name))
        if first == second:
            continue
        if first is None or second is None:
            return 1 if first is None else -1
        return (1 if first > second else -1) * (-1 if downward else 1)
    return 0


def _key(value: Any) -> Any:
    """A value as it is sorted: references by the id that they hold."""
    return value["id"] if isinstance(value, dict) and "id" in value else value
