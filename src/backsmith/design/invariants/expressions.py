"""Expressions across fields: no circles, nothing read that is not there yet, nothing private shown."""

from collections.abc import Iterator

from backsmith.design.expressions import Expr
from backsmith.design.invariants.telling import of_field, wrong
from backsmith.design.model import Design, Effect, Entity, Field
from backsmith.design.naming import IMPLICIT_FIELDS
from backsmith.design.reading import Reads, paths_read
from backsmith.design.scope import find_entity, find_field, leads_to_many, target_of
from backsmith.diagnostics.model import Diagnostic

Told = Iterator[Diagnostic]
Name = tuple[str, str]
"""Entity and field."""


def expressions(design: Design) -> Told:
    """Computed fields, stored values and effects."""
    yield from _circles(design)
    for entity in design.entities:
        for field in entity.fields:
            yield from _not_there_yet(entity, field)
            yield from _shown(design, entity, field)
        effects = (*entity.effects.create, *entity.effects.update, *entity.effects.delete)
        for effect in (*effects, *(each for move in entity.moves for each in move.effects)):
            yield from _effect_shown(design, effect)


# Circles


def _circles(design: Design) -> Told:
    """Computed fields that need one another, and stored values of one row that do."""
    computed = {(e.name, f.name): f.computed for e in design.entities for f in e.fields if f.computed is not None}
    stored = {
        (e.name, f.name): f.set or f.default
        for e in design.entities
        for f in e.fields
        if f.set is not None or f.default is not None
    }
    yield from _circle(
        design, {name: list(_fields_read(design, expr)) for name, expr in computed.items()}, "computed from"
    )
    own = {name: list(_own_read(name[0], expr)) for name, expr in stored.items() if expr is not None}
    yield from _circle(design, own, "stored from")


def _fields_read(design: Design, expr: Expr) -> Iterator[Name]:
    """Every field that is read on the way."""
    for read in paths_read(expr):
        yield from ((entity.name, field.name) for entity, field in _followed(design, read))


def _own_read(entity: str, expr: Expr) -> Iterator[Name]:
    yield from ((read.entity, read.steps[0]) for read in paths_read(expr) if read.entity == entity and read.steps)


def _followed(design: Design, read: Reads) -> Iterator[tuple[Entity, Field]]:
    at = find_entity(design, read.entity)
    for step in read.steps:
        field = find_field(at, step) if at else None
        if at is None or field is None:
            return
        yield at, field
        target = target_of(field.type)
        at = find_entity(design, target) if target else None


def _circle(design: Design, reads: dict[Name, list[Name]], how: str) -> Told:
    told: set[Name] = set()
    for start in reads:
        way = _way_back(start, reads)
        if way and not told & set(way):
            told |= set(way)
            entity = design.entity(start[0])
            names = " -> ".join(f"{entity}.{field}" for entity, field in (*way, start))
            origin = of_field(design, entity, entity.field(start[1]))
            yield wrong(
                "circle", f"`{start[1]}` is {how} itself: {names}", origin, "take one of them out of the circle"
            )


def _way_back(start: Name, reads: dict[Name, list[Name]]) -> tuple[Name, ...]:
    ways: list[tuple[Name, ...]] = [(start,)]
    seen: set[Name] = set()
    while ways:
        way = ways.pop(0)
        for name in reads.get(way[-1], []):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


# What is not there yet


def _not_there_yet(entity: Entity, field: Field) -> Told:
    """A value that is stored when the row is made cannot read what the row has only afterwards."""
    for expr in (field.set, field.default):
        for read in paths_read(expr) if expr is not None else ():
            first = find_field(entity, read.steps[0]) if read.entity == entity.name and read.steps else None
            reason = _why_not_yet(first) if first is not None else ""
            if first is not None and reason:
                message = f"`{first.name}` is not there when the row is made: {reason}"
                yield wrong(
                    "not-there-yet",
                    message,
                    read.origin or field.origin,
                    "read fields that the client sends, or references",
                )


def _why_not_yet(field: Field) -> str:
    if field.name in IMPLICIT_FIELDS:
        return "the application makes it"
    if field.computed is not None:
        return "it is computed from the row"
    return "its rows come later" if leads_to_many(field.type) else ""


# What is private


def _shown(design: Design, entity: Entity, field: Field) -> Told:
    if field.private:
        return
    for part in ("computed", "set", "default"):
        expr = getattr(field, part)
        secret = _private_read(design, expr) if expr is not None else None
        if secret is not None:
            message = f"`{field.name}` would show the private `{secret}`"
            yield wrong(
                "private-shown", message, of_field(design, entity, field, part), f"make `{field.name}` private too"
            )


def _private_read(design: Design, expr: Expr) -> str | None:
    for read in paths_read(expr):
        for entity, field in _followed(design, read):
            if field.private:
                return f"{entity.name}.{field.name}"
    return None


def _effect_shown(design: Design, effect: Effect) -> Told:
    target = list(_followed(design, Reads(entity=effect.target.entity, steps=effect.target.steps)))
    secret = _private_read(design, effect.value)
    if target and secret is not None and not target[-1][1].private:
        message = f"`{target[-1][1].name}` would show the private `{secret}`"
        yield wrong("private-shown", message, effect.origin, f"make `{target[-1][1].name}` private too")
