"""Rows that differ: of several owners, in every state, with values that filters and sorts can tell apart."""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from typing import Any

from backsmith.contract.model import Property
from backsmith.design import types
from backsmith.design.model import Entity, Field, Given
from backsmith.samples.rows import tied_fields, unique_sets
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World

ROWS = 9
"""How many rows of an entity are made, at least."""
ABROAD = 2
"""And how many in another tenant."""
TEXTS = (
    "Straße 7",
    "STRASSE 9",
    "éclair Ünder",
    "Éclair ünder",
    "100% a_b \\ c",
    "=1+1",
    "-2+3",
    "@home",
    "zebra",
    "Ω ω",
)
"""Cases of several alphabets, what patterns of databases treat apart, and what spreadsheets take for formulas."""


async def populated(world: World) -> None:
    """Make rows of every entity, once in a judgement."""
    if world.populated:
        return
    world.populated = True
    for entity in world.entities():
        if not entity.tenant:
            await _many(world, entity, ROWS)
    if world.foreign is not None:
        other = abroad(world)
        for entity in world.entities():
            if entity.scope is not None and not entity.tenant:
                await _many(other, entity, ABROAD)


def abroad(world: World) -> World:
    """The same world, whose new rows belong to the other tenant."""
    other = copy(world)
    other.home, other.foreign = world.foreign, world.home
    other.shared, other.made = world.abroad, defaultdict(list)
    other.people = {} if world.foreigner is None else {world.foreigner.name: world.foreigner}
    return other


async def _many(world: World, entity: Entity, number: int) -> None:
    owner = next((field.name for field in entity.fields if field.owner), None)
    owners = [*(who.id for who in world.people.values()), world.admin.id]
    states = [None, *sorted({move.target for move in entity.moves})]
    for place in range(max(number, len(states))):
        given = dict(varied(world, entity, place))
        if owner is not None:
            given[owner] = owners[place % len(owners)]
        try:
            made = await world.make(entity, full=place % 2 == 0, **given)
            state = states[place % len(states)]
            if state is not None:
                await world.moved(entity, made, state)
        except NotMadeError:
            continue


def varied(world: World, entity: Entity, place: int) -> Iterator[tuple[str, Any]]:
    """Fields of a body, with values that differ from row to row as far as nothing forbids it."""
    kept, checked = _kept(entity), tied_fields(entity)
    for sent in world.court.contract.schema(f"{entity.name}Create").properties:
        if sent.read_only or sent.given is Given.CALLER or not _is_field(entity, sent.name):
            continue
        field = entity.field(sent.name)
        if isinstance(field.type, types.Ref | types.Many):
            if field.name not in checked:
                yield from _links(world, entity, field, place)
        elif field.name not in kept and not isinstance(field.type, types.ToMany):
            yield from _value(world, entity, field, sent)


def _is_field(entity: Entity, name: str) -> bool:
    return any(field.name == name for field in entity.fields)


def _kept(entity: Entity) -> set[str]:
    """The fields whose values are not free: within what is unique, without overlap, or checked."""
    apart = {name for names in unique_sets(entity) for name in names}
    spans = {name for overlap in entity.no_overlap for name in (*overlap.fields, overlap.start, overlap.end)}
    return apart | spans | tied_fields(entity)


def _value(world: World, entity: Entity, field: Field, sent: Property) -> Iterator[tuple[str, Any]]:
    values: list[Any] = [to_json(value) for value in world.samples.three(entity, field)]
    if isinstance(field.type, types.Text) and field.pattern is None:
        values += [text for text in TEXTS if len(text) <= (field.type.length or 99)]
    if (entity.name, field.name) in world.samples.lowered_by_effects | world.samples.raised_by_effects:
        values = values[-2:]
    if sent.nullable:
        values += [None] * (1 + len(values) // 3)
    if values:
        yield field.name, world.court.random.choice(values)


def _links(world: World, entity: Entity, field: Field, place: int) -> Iterator[tuple[str, Any]]:
    assert isinstance(field.type, types.Ref | types.Many)
    random, target = world.court.random, field.type.target
    people = [who.id for who in world.people.values()]
    there = people if target == "User" else [id for id in world.made[target] if id not in world.gone][:ROWS]
    if isinstance(field.type, types.Many):
        yield field.name, sorted(random.sample(there, min(len(there), place % 4)), key=str)
    elif any(field.name in names for names in unique_sets(entity)):
        if field.optional:
            yield field.name, there[place] if target == "User" and place < len(there) else None
    elif (world.design.tenant is None or target != world.design.tenant.name) and not field.owner:
        none = [None] if field.optional else []
        if there or none:
            yield field.name, random.choice([*there, *none])
