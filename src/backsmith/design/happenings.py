"""What happens to other rows: effects by what they belong to, and what they reach."""

from backsmith.design import types
from backsmith.design.expressions import Expr, Input
from backsmith.design.model import Design, Effect, Entity, Field, OnDelete
from backsmith.design.rewrite import rewrite


def named_effects(entity: Entity) -> list[tuple[str, tuple[Effect, ...]]]:
    happens = [("create", entity.effects.create), ("update", entity.effects.update), ("delete", entity.effects.delete)]
    found = [*happens, *((move.name, move.effects) for move in entity.moves)]
    return [(name_, effects) for name_, effects in found if effects]


def reached(design: Design, entity: Entity, effect: Effect) -> Entity:
    """The entity whose rows change."""
    at = entity
    over = effect.over.steps if effect.over is not None else ()
    for step in (*over, *effect.target.steps[:-1]):
        type_ = at.field(step).type
        assert isinstance(type_, types.Ref | types.ToMany)
        at = design.entity(type_.target)
    return at


def inputs(effects: tuple[Effect, ...]) -> tuple[str, ...]:
    """What the effects need of what was sent."""
    found: list[str] = []

    def visit(expr: Expr) -> Expr:
        if isinstance(expr, Input) and expr.name not in found:
            found.append(expr.name)
        return expr

    for effect in effects:
        rewrite(effect.value, visit)
    return tuple(found)


def lets_go(entity: Entity, field: Field, target: Entity) -> bool:
    """Whether a row loses its reference when the row that it names is deleted, or a whole one of its parts."""
    refers = isinstance(field.type, types.Ref) and target.name in field.type.targets and field.name != entity.whole
    is_lost = field.on_delete is OnDelete.CASCADE and entity.whole is not None
    return refers and (field.on_delete is OnDelete.NULL or is_lost)
