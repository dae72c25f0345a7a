"""What a rule comes to for a kind of caller, before any row is known: the same folding that policies do when they
choose a condition."""

from collections.abc import Iterable
from dataclasses import replace

from backsmith.contract.model import Grant, Rule, When
from backsmith.design.expressions import (
    Aggregate,
    Aggregation,
    And,
    Anyone,
    Collection,
    Compare,
    Comparison,
    Expr,
    In,
    Literal,
    Not,
    Or,
    Owner,
    Path,
    Role,
    SignedIn,
    Tenant,
    User,
)
from backsmith.design.model import Design, Entity
from backsmith.design.rewrite import rewrite
from backsmith.design.text import text
from backsmith.design.types import Bool

Roles = frozenset[str]
"""The roles of an account. None stands for a caller who is not signed in."""

NOBODY, OWNER, ADMIN = "nobody", "owner", "admin"

Folded = Expr | bool


def fold(expr: Expr, roles: Roles | None) -> Folded:
    """What remains of a condition for a caller with exactly these roles: true, false, or what depends on the row.

    `admin` is not implied. For a stranger nothing equals the caller, and there is no tenant.
    """
    match expr:
        case Anyone():
            return True
        case SignedIn():
            return roles is not None
        case Role(name=name):
            return roles is not None and name in roles
        case Literal(value=bool(value)):
            return value
        case Not(operand=operand):
            return _negated(expr, fold(operand, roles))
        case And(operands=operands):
            return _joined(expr, (fold(operand, roles) for operand in operands), absorbing=False)
        case Or(operands=operands):
            return _joined(expr, (fold(operand, roles) for operand in operands), absorbing=True)
        case Owner() | Compare() | In() if roles is None:
            return _for_a_stranger(expr)
        case Aggregate(function=Aggregation.ANY | Aggregation.ALL, operand=Expr() as operand):
            return _of_rows(expr, fold(operand, roles))
    return expr


def grants(design: Design, condition: Expr) -> tuple[Grant, ...]:
    """What a condition leaves to each kind of caller. An admin is left everything."""
    return tuple(_grant(design, caller, condition) for caller in callers(design))


def callers(design: Design) -> tuple[str, ...]:
    """The kinds of caller: nobody, the owner of the row (where rows have owners), and one account for each role."""
    owned = any(field.owner for entity in design.entities for field in entity.fields)
    return (NOBODY, *((OWNER,) if owned else ()), *design.auth.roles)


def rule(design: Design, entity: Entity | None, *conditions: Expr) -> Rule:
    """The rule that all of these hold. Of an entity that belongs to a tenant it holds inside the tenant."""
    condition = conjunction(conditions)
    scoped = entity is not None and entity.scope is not None
    applied = conjunction((entity.scope, condition)) if entity is not None and entity.scope is not None else condition
    tenant = design.tenant.name if scoped and design.tenant is not None else None
    return Rule(text=text(condition), condition=condition, grants=grants(design, applied), within=tenant)


def conjunction(conditions: Iterable[Expr]) -> Expr:
    """All of these, each said once; what is true for anyone is left out."""
    parts: list[Expr] = []
    for condition in conditions:
        parts += [part for part in _parts(condition) if part not in parts and not isinstance(part, Anyone)]
    if Role(name=ADMIN) in parts:
        return Role(name=ADMIN)
    parts = _telling(parts, Or)
    if not parts:
        return Anyone()
    return parts[0] if len(parts) == 1 else And(operands=tuple(parts))


def _telling(parts: list[Expr], other: type[And | Or]) -> list[Expr]:
    """Without those that another one decides: `(a or b) and a` is `a`, and `a and b or a` too."""
    return [part for part in parts if not (isinstance(part, other) and any(each in part.operands for each in parts))]


def _parts(condition: Expr) -> tuple[Expr, ...]:
    return condition.operands if isinstance(condition, And) else (condition,)


def _negated(expr: Not, folded: Folded) -> Folded:
    return not folded if isinstance(folded, bool) else replace(expr, operand=folded)


def _joined(expr: And | Or, operands: Iterable[Folded], *, absorbing: bool) -> Folded:
    """`and` is false as soon as one is, `or` true as soon as one is; of the rest, those that are known already say
    nothing."""
    rest: list[Expr] = []
    for operand in operands:
        if isinstance(operand, bool):
            if operand is absorbing:
                return absorbing
        elif operand not in rest:
            rest.append(operand)
    rest = _telling(rest, And if absorbing else Or)
    if not rest:
        return not absorbing
    return rest[0] if len(rest) == 1 else replace(expr, operands=tuple(rest))


def _for_a_stranger(expr: Expr) -> Folded:
    match expr:
        case Owner():
            return False
        case Compare(operator=Comparison.NE, left=left, right=right) if _absent(left) or _absent(right):
            other = right if _absent(left) else left
            return expr if other.may_be_null else True
        case Compare(left=left, right=right) if _absent(left) or _absent(right):
            return False
        case In(left=left) if _absent(left):
            return False
    return expr


def _absent(expr: Expr) -> bool:
    """Whether a stranger has no such thing: an account, a field of it, or a tenant."""
    return isinstance(expr, User | Tenant)


def _of_rows(expr: Aggregate, folded: Folded) -> Folded:
    if isinstance(folded, bool):
        return folded if folded is (expr.function is Aggregation.ALL) else expr
    return replace(expr, operand=folded)


def _grant(design: Design, caller: str, condition: Expr) -> Grant:
    if caller == ADMIN:
        return Grant(caller=caller, when=When.ALWAYS)
    roles = None if caller == NOBODY else frozenset({caller} - {OWNER})
    within = condition if roles is None else _inside(condition)
    left = fold(_as_owner(design, within) if caller == OWNER else within, roles)
    if isinstance(left, bool):
        return Grant(caller=caller, when=When.ALWAYS if left else When.NEVER)
    if is_own(design, left):
        return Grant(caller=caller, when=When.OWN, condition=text(left))
    return Grant(caller=caller, when=When.SOME, condition=text(left))


def is_own(design: Design, expr: Expr) -> bool:
    """Whether the condition says that the row belongs to the caller, and nothing else: by its own owner, or by that of
    a row that it names where it has none."""
    match expr:
        case Owner():
            return True
        case Compare(operator=Comparison.EQ, left=Path() as path, right=User(steps=())):
            return _leads_to_owner(design, path)
    return False


def _leads_to_owner(design: Design, path: Path) -> bool:
    entity = design.entity(path.entity)
    if len(path.steps) > 1 and any(field.owner for field in entity.fields):
        return False
    for step in path.steps[:-1]:
        entity = design.entity(getattr(entity.field(step).type, "target", "User"))
    return entity.field(path.steps[-1]).owner


def _as_owner(design: Design, condition: Expr) -> Expr:
    return rewrite(condition, lambda expr: Literal(type=Bool(), value=True) if is_own(design, expr) else expr)


def _inside(condition: Expr) -> Expr:
    """The condition for somebody who is a member of the tenant."""
    return rewrite(condition, lambda expr: Literal(type=Bool(), value=True) if _is_scope(expr) else expr)


def _is_scope(expr: Expr) -> bool:
    match expr:
        case Compare(right=Tenant()):
            return True
        case In(left=User(), right=Collection(steps=("memberships", "user"))):
            return True
    return False
