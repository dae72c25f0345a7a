"""Reads the expressions of a design whose every field is known, but whose expressions are still texts."""

from dataclasses import replace
from typing import TypeVar

from backsmith.design import check, types
from backsmith.design.check import Checked, Use
from backsmith.design.expressions import Expr, Literal, Path
from backsmith.design.model import (
    Access,
    Action,
    Bound,
    Check,
    Design,
    Effect,
    Effects,
    Entity,
    Field,
    FieldAccess,
    Index,
    Move,
    NoOverlap,
    Unique,
)
from backsmith.design.scope import BROKEN
from backsmith.design.values import constant
from backsmith.diagnostics.report import Report

Constraint = TypeVar("Constraint", Unique, Index, NoOverlap)

UNREAD = Literal(value="", type=BROKEN)
"""Stands for an expression; its value is the text."""


def unread_effect(text: str) -> Effect:
    """Stands for an effect."""
    nothing = Path(entity="", steps=(), type=BROKEN)
    return Effect(operator="=", over=None, target=nothing, value=UNREAD, text=text)


def reread(skeleton: Design) -> Checked[Design]:
    """The design with its expressions, or what is wrong with them."""
    reading = _Reading(skeleton)
    bounded = replace(
        skeleton,
        entities=tuple(reading.with_constants(entity) for entity in skeleton.entities),
        embedded=tuple(replace(e, fields=tuple(map(reading.constants, e.fields))) for e in skeleton.embedded),
    )
    reading.design = bounded
    design = replace(bounded, entities=tuple(reading.entity(entity) for entity in bounded.entities))
    failed = reading.report.failed
    return Checked(value=None if failed else design, diagnostics=tuple(reading.report.found))


class _Reading:
    def __init__(self, design: Design) -> None:
        self.design = design
        self.report = Report()

    # Constants: they need no names

    def with_constants(self, entity: Entity) -> Entity:
        """The entity with the bounds of its fields."""
        return replace(entity, fields=tuple(map(self._bounded, entity.fields)))

    def constants(self, field: Field) -> Field:
        """A field outside of an entity: bounds, and a default that is a constant."""
        return replace(self._bounded(field), default=self._constant(field.default, field.type))

    def _bounded(self, field: Field) -> Field:
        bounds = ((bound, self._constant(bound.value, field.type)) for bound in field.bounds)
        return replace(field, bounds=tuple(Bound(operator=b.operator, value=value) for b, value in bounds if value))

    def _constant(self, unread: Expr | None, kind: types.Type) -> Literal | None:
        if unread is None:
            return None
        read = check.literal(_text(unread))
        self.report.extend(read.diagnostics)
        if read.value is None:
            return None
        found = constant(read.value, kind)
        if isinstance(found, Literal):
            return found
        self.report.error(found[0], found[1], None, found[2])
        return None

    # Expressions

    def entity(self, entity: Entity) -> Entity:
        """The entity with everything read."""
        name = entity.name
        return replace(
            entity,
            fields=tuple(self._field(field, name) for field in entity.fields),
            access=self._access(entity.access, name),
            moves=tuple(self._move(move, name) for move in entity.moves),
            actions=tuple(self._action(action, name) for action in entity.actions),
            effects=Effects(
                create=self._effects(entity.effects.create, name),
                update=self._effects(entity.effects.update, name),
                delete=self._effects(entity.effects.delete, name),
            ),
            unique=tuple(self._where(each, name) for each in entity.unique),
            indexes=tuple(self._where(each, name) for each in entity.indexes),
            no_overlap=tuple(self._where(each, name) for each in entity.no_overlap),
            checks=tuple(replace(each, condition=self._check(each, name)) for each in entity.checks),
            scope=self._optional(entity.scope, name, Use.RULE),
            trash=self._optional(entity.trash, name, Use.RULE),
        )

    def _field(self, field: Field, entity: str) -> Field:
        return replace(
            field,
            default=self._value(field.default, field, entity, Use.VALUE),
            set=self._value(field.set, field, entity, Use.VALUE),
            computed=self._value(field.computed, field, entity, Use.COMPUTED),
        )

    def _value(self, unread: Expr | None, field: Field, entity: str, use: Use) -> Expr | None:
        if unread is None:
            return None
        read = check.value(_text(unread), self.design, entity, field, use)
        self.report.extend(read.diagnostics)
        return read.value

    def _access(self, access: Access, entity: str) -> Access:
        return Access(
            read=self._rule(access.read, entity),
            create=self._rule(access.create, entity),
            update=self._rule(access.update, entity),
            delete=self._rule(access.delete, entity),
            fields=tuple(self._field_access(each, entity) for each in access.fields),
        )

    def _field_access(self, access: FieldAccess, entity: str) -> FieldAccess:
        read, write = (self._optional(each, entity, Use.RULE) for each in (access.read, access.write))
        return replace(access, read=read, write=write)

    def _move(self, move: Move, entity: str) -> Move:
        input = tuple(map(self.constants, move.input))
        effects = self._effects(move.effects, entity, input)
        return replace(move, by=self._rule(move.by, entity), input=input, effects=effects)

    def _action(self, action: Action, entity: str) -> Action:
        input, output = (tuple(map(self.constants, fields)) for fields in (action.input, action.output))
        return replace(action, by=self._rule(action.by, entity), input=input, output=output)

    def _effects(self, effects: tuple[Effect, ...], entity: str, input: tuple[Field, ...] = ()) -> tuple[Effect, ...]:
        found: list[Effect] = []
        for effect in effects:
            read = check.effect(effect.text, self.design, entity, input)
            self.report.extend(read.diagnostics)
            found.append(read.value or effect)
        return tuple(found)

    def _where(self, constraint: Constraint, entity: str) -> Constraint:
        return replace(constraint, where=self._optional(constraint.where, entity, Use.CHECK))

    def _check(self, each: Check, entity: str) -> Expr:
        return self._optional(each.condition, entity, Use.CHECK) or UNREAD

    def _rule(self, unread: Expr, entity: str) -> Expr:
        return self._optional(unread, entity, Use.RULE) or UNREAD

    def _optional(self, unread: Expr | None, entity: str, use: Use) -> Expr | None:
        if unread is None:
            return None
        read = check.condition(_text(unread), self.design, entity, use)
        self.report.extend(read.diagnostics)
        return read.value


def _text(unread: Expr) -> str:
    assert isinstance(unread, Literal)
    return str(unread.value)
