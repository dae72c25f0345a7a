"""Rows whose effects lead to one target, with as many pieces as wanted: for bounds, and for races."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backsmith.design import types
from backsmith.design.model import Effect, Entity, Field, Given, Move
from backsmith.samples.rows import limits, unique_sets
from backsmith.verify.effects import changes, target_of
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """An effect that a bound may stop: of a move, or of making a row where `move` is None."""

    entity: Entity
    move: Move | None
    effect: Effect
    holder: Entity
    field: Field

    @property
    def path(self) -> str:
        """What a refusal names."""
        return self.effect.text.partition(" ")[0]

    @property
    def can_be_set(self) -> bool:
        """Whether a client may give the target the value that it begins with."""
        return self.field.given is Given.CLIENT and not self.field.private

    async def target(self, world: World) -> Any:
        """The id of a new row to change."""
        return await world.make(self.holder)

    async def body(self, world: World, target: Any) -> dict[str, Any]:
        """A body for a row whose effect changes this target."""
        over, steps = self.effect.over, self.effect.target.steps
        if over is None:
            return await world.body(self.entity, **{steps[0]: target})
        part = world.design.entity(target_of(self.entity.field(over.steps[0])))
        parts: dict[str, Any] = {over.steps[0]: [await world.body(part, **{steps[0]: target})]}
        return await world.body(self.entity, **parts)

    async def give(self, world: World, target: Any, value: Any) -> None:
        """Set what the target has. Raises NotMadeError."""
        path = f"{world.path(self.holder)}/{target}"
        answer = await world.court.ask(world.admin, "PATCH", path, json_body={self.field.name: to_json(value)})
        if answer.answer is None or answer.answer.status != 200:
            raise NotMadeError

    def amount(self, known: Knowledge, id: Any) -> Any:
        """How much one row takes. Raises UnknownWorthError."""
        row = known.rows[self.entity.name][id]
        (change,) = [
            each
            for each in changes(known, known.world.admin, row, [self.effect], {})
            if each.field.name == self.field.name
        ]
        return abs(change.value - change.row[self.field.name])

    def pieces(self, number: int, amount: Any) -> Any:
        """The value with which the effect can happen so often and no more."""
        least, most = limits(self.field)
        return least + number * amount if self.effect.operator == "-=" else most - number * amount


def bounded(world: World, entity: Entity) -> Iterator[Bounded]:
    """The effects of an entity that can be led to one target that has a bound in their direction."""
    for move, effects in [(move, move.effects) for move in entity.moves] + [(None, entity.effects.create)]:
        for effect in effects:
            found = _ending(world, entity, effect)
            if found is None:
                continue
            holder, field = found
            least, most = limits(field)
            if (effect.operator == "-=" and least is not None) or (effect.operator == "+=" and most is not None):
                yield Bounded(entity=entity, move=move, effect=effect, holder=holder, field=field)


def _ending(world: World, entity: Entity, effect: Effect) -> tuple[Entity, Field] | None:
    """The entity and the field that an effect changes, where one reference of a new row leads there."""
    start, over = entity, effect.over
    if over is not None:
        parts = entity.field(over.steps[0])
        if len(over.steps) != 1 or not isinstance(parts.type, types.Parts):
            return None
        start = world.design.entity(target_of(parts))
    if len(effect.target.steps) != 2:
        return None
    reference = start.field(effect.target.steps[0])
    if not isinstance(reference.type, types.Ref) or reference.given not in (Given.CLIENT, Given.ONCE):
        return None
    if any(set(names) == {reference.name} for names in unique_sets(start)):
        return None
    holder = world.design.entity(reference.type.target)
    if holder.builtin or holder.whole is not None:
        return None
    return holder, holder.field(effect.target.steps[1])
