"""Changing expressions wherever they stand: what passes are made of."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from backsmith.design.expressions import Aggregate, And, Arithmetic, Call, Compare, Expr, In, Negative, Not, Or
from backsmith.design.model import (
    Access,
    Action,
    Check,
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

Visit = Callable[[Expr], Expr]


def rewrite(expr: Expr, visit: Visit) -> Expr:
    """The same expression with every node, the innermost first, replaced by what `visit` makes of it."""
    match expr:
        case Not() | Negative():
            expr = replace(expr, operand=rewrite(expr.operand, visit))
        case And() | Or():
            expr = replace(expr, operands=tuple(rewrite(operand, visit) for operand in expr.operands))
        case Compare() | Arithmetic():
            expr = replace(expr, left=rewrite(expr.left, visit), right=rewrite(expr.right, visit))
        case In():
            expr = replace(expr, left=rewrite(expr.left, visit))
        case Call():
            expr = replace(expr, arguments=tuple(rewrite(argument, visit) for argument in expr.arguments))
        case Aggregate(operand=Expr() as operand):
            expr = replace(expr, operand=rewrite(operand, visit))
    return visit(expr)


def rewrite_entity(entity: Entity, visit: Visit) -> Entity:
    """The entity with every expression that it holds rewritten."""
    rewritten = _value(entity, visit)
    assert isinstance(rewritten, Entity)
    return rewritten


_HOLDERS = (Access, Action, Check, Effect, Effects, Entity, Field, FieldAccess, Index, Move, NoOverlap, Unique)
_KEPT = {"origin", "over", "bounds"}


def _value(value: Any, visit: Visit) -> Any:
    if isinstance(value, Expr):
        return rewrite(value, visit)
    if isinstance(value, tuple):
        return tuple(_value(item, visit) for item in value)
    if isinstance(value, _HOLDERS):
        return replace(
            value, **{f.name: _value(getattr(value, f.name), visit) for f in fields(value) if f.name not in _KEPT}
        )
    return value
