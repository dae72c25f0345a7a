"""Access: rules that can be kept, and fields that can be narrowed."""

from collections.abc import Iterator

from backsmith.design.expressions import (
    And,
    Anyone,
    Compare,
    Comparison,
    Expr,
    In,
    Literal,
    Not,
    Or,
    Owner,
    Role,
    SignedIn,
    User,
)
from backsmith.design.invariants.telling import of_entity, place, wrong
from backsmith.design.model import Design, Entity, Field, FieldAccess
from backsmith.design.reading import nodes
from backsmith.design.scope import BROKEN, is_broken
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.report import did_you_mean

Told = Iterator[Diagnostic]
Truths = frozenset[bool]
"""What a condition may come out as."""

_EITHER: Truths = frozenset({True, False})


def rules(design: Design) -> Told:
    """The access of every entity."""
    for entity in design.entities:
        yield from _strangers(design, entity)
        for rule in entity.access.fields:
            yield from _narrowed(entity, rule)


def _strangers(design: Design, entity: Entity) -> Told:
    """What comes from the caller's account cannot come from a stranger."""
    if entity.builtin or entity.whole or True not in for_stranger(entity.access.create):
        return
    for field in entity.fields:
        if field.optional or not _from_account(field):
            continue
        origin = place(design, entity.name, "access", "create") or entity.access.origin or of_entity(design, entity)
        hint = f"write `create: signed_in`, or make `{field.name}` optional"
        yield wrong("stranger-creates", f"a stranger may create, and `{field.name}` needs an account", origin, hint)
        return


def _from_account(field: Field) -> bool:
    stored = field.set or field.default
    return field.owner or (stored is not None and any(isinstance(node, User) for node in nodes(stored)))


def for_stranger(rule: Expr) -> Truths:
    """What a rule may come out as for a caller without an account."""
    match rule:
        case Anyone():
            return frozenset({True})
        case Literal(value=bool(value)):
            return frozenset({value})
        case SignedIn() | Role() | Owner():
            return frozenset({False})
        case Not(operand=operand):
            return frozenset(not truth for truth in for_stranger(operand))
        case And(operands=operands):
            return _joined([for_stranger(operand) for operand in operands], absorbing=False)
        case Or(operands=operands):
            return _joined([for_stranger(operand) for operand in operands], absorbing=True)
        case Compare(operator=Comparison.EQ, left=left, right=right) if isinstance(left, User) or isinstance(
            right, User
        ):
            return frozenset({False})
        case In(left=User()):
            return frozenset({False})
    return _EITHER


def _joined(truths: list[Truths], absorbing: bool) -> Truths:
    """Of `and` and `or`: one operand can make the whole `absorbing`, and all together its opposite."""
    one = {absorbing} if any(absorbing in each for each in truths) else set[bool]()
    every = {not absorbing} if all((not absorbing) in each for each in truths) else set[bool]()
    return frozenset(one | every)


def _narrowed(entity: Entity, rule: FieldAccess) -> Told:
    field = next((field for field in entity.fields if field.name == rule.field), None)
    if field is None:
        if not is_broken(entity):
            hint = did_you_mean(rule.field, (field.name for field in entity.fields))
            yield wrong("unknown-name", f"{entity.name} has no field `{rule.field}`", rule.origin, hint)
        return
    if field.type == BROKEN:
        return
    if field.private:
        yield wrong(
            "wrong-rule",
            f"`{field.name}` is private: nobody reads it anyway",
            rule.origin,
            "leave out `private`, or this rule",
        )
    elif rule.write is not None and (field.computed is not None or field.set is not None or field.readonly):
        yield wrong("wrong-rule", f"nobody writes `{field.name}`", rule.origin, "leave out `write`")
