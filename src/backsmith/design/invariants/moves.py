"""Moves: states that can be reached, from a first one; effects that leave states to moves."""

from collections.abc import Iterator

from backsmith.design.expressions import Literal
from backsmith.design.invariants.telling import doubtful, of_field, wrong
from backsmith.design.model import Design, Effect, Entity, Field, Move
from backsmith.design.scope import BROKEN, find_entity, find_field, target_of
from backsmith.design.types import Enum
from backsmith.diagnostics.model import Diagnostic

Told = Iterator[Diagnostic]


def moves(design: Design) -> Told:
    """Every move of a design, and what effects do to states."""
    for entity in design.entities:
        for name in dict.fromkeys(move.field for move in entity.moves):
            yield from _state(design, entity, entity.field(name))
        for move in entity.moves:
            if move.source == (move.target,):
                yield wrong(
                    "move-state", f"`{move.name}` leads where it comes from", move.origin, "give it another `to`"
                )
        effects = (*entity.effects.create, *entity.effects.update, *entity.effects.delete)
        for effect in (*effects, *(each for move in entity.moves for each in move.effects)):
            yield from _leaves_states(design, effect)


def _state(design: Design, entity: Entity, field: Field) -> Told:
    if field.type == BROKEN or not isinstance(field.type, Enum):
        return
    if not isinstance(field.default, Literal) or field.optional:
        hint = f"write `= {field.type.words[0]}`" if not field.optional else "leave out `?`"
        yield wrong(
            "move-state", f"`{field.name}` is moved, and has no first state", of_field(design, entity, field), hint
        )
        return
    if field.fixed or field.set is not None or field.computed is not None:
        yield wrong(
            "move-state",
            f"`{field.name}` is moved, and cannot be fixed, set or computed",
            field.origin,
            "leave that out",
        )
        return
    mine = [move for move in entity.moves if move.field == field.name]
    reached = _reached(str(field.default.value), mine)
    for move in mine:
        if not reached & set(move.source):
            states = ", ".join(f"`{state}`" for state in move.source)
            yield doubtful("unreachable-state", f"nothing leads to {states}, where `{move.name}` begins", move.origin)


def _reached(first: str, found: list[Move]) -> set[str]:
    """The states that a row can come to."""
    reached: set[str] = set()
    added = {first}
    while added - reached:
        reached |= added
        added = {move.target for move in found if reached & set(move.source)}
    return reached


def _leaves_states(design: Design, effect: Effect) -> Told:
    entity = find_entity(design, effect.target.entity)
    for step in effect.target.steps[:-1]:
        field = find_field(entity, step) if entity else None
        target = target_of(field.type) if field else None
        entity = find_entity(design, target) if target else None
    name = effect.target.steps[-1]
    if entity is not None and any(move.field == name for move in entity.moves):
        message = f"`{name}` cannot be changed by an effect: only moves of {entity.name} change it"
        yield wrong("effect-target", message, effect.target.origin or effect.origin, "add a move")
