"""Whether an answer changes only with its row's version, so that `If-None-Match` may be answered by 304."""

from backsmith.contract import hyperlinks
from backsmith.design import types
from backsmith.design.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    In,
    Negative,
    Not,
    Now,
    Or,
    Path,
    Today,
    User,
)
from backsmith.design.model import Design, Entity


def lasting(design: Design, entity: Entity) -> bool:
    """Whether every change of the answer raises the row's version: what is computed looks at the row and its parts
    only, and so do the rules that decide which links it has.
    """
    computed = [field.computed for field in entity.fields if field.computed is not None and not field.private]
    access, rules = entity.access, list[Expr]()
    if hyperlinks.has_hyperlinks(design, entity):
        rules = [access.update, access.delete, *(m.by for m in entity.moves), *(a.by for a in entity.actions)]
    return all(_within(entity, expr) for expr in computed) and all(_within(entity, rule, own=True) for rule in rules)


def _within(entity: Entity, expr: Expr, *, own: bool = False) -> bool:
    """Whether an expression looks at the row and its parts alone; own: or asks who calls, who stays the same."""
    match expr:
        case Path():
            here = len(expr.steps) == 1 and expr.entity == entity.name
            field = entity.field(expr.steps[0]) if here else None
            return field is not None and (field.computed is None or _within(entity, field.computed))
        case User():
            return own
        case Now() | Today():
            return False
        case And() | Or():
            return all(_within(entity, operand, own=own) for operand in expr.operands)
        case Not() | Negative():
            return _within(entity, expr.operand, own=own)
        case Compare() | Arithmetic():
            return _within(entity, expr.left, own=own) and _within(entity, expr.right, own=own)
        case In():
            return isinstance(expr.right, tuple) and _within(entity, expr.left, own=own)
        case Call():
            return all(_within(entity, argument, own=own) for argument in expr.arguments)
        case Aggregate():
            parts = len(expr.over.steps) == 1 and isinstance(entity.field(expr.over.steps[0]).type, types.Parts)
            return parts and (expr.operand is None or _of_part(expr.operand))
        case _:
            return True


def _of_part(expr: Expr) -> bool:
    """Whether an expression looks at stored columns of the part alone."""
    match expr:
        case Path():
            return len(expr.steps) == 1
        case Now() | Today() | User() | Aggregate():
            return False
        case And() | Or():
            return all(_of_part(operand) for operand in expr.operands)
        case Not() | Negative():
            return _of_part(expr.operand)
        case Compare() | Arithmetic():
            return _of_part(expr.left) and _of_part(expr.right)
        case In():
            return isinstance(expr.right, tuple) and _of_part(expr.left)
        case Call():
            return all(_of_part(argument) for argument in expr.arguments)
        case _:
            return True
