"""Reads effects: `lines.product.stock -= lines.quantity`, `paid_at = now`."""

import ast
from dataclasses import replace

from backsmith.design import expressions as e
from backsmith.design.model import Effect, Field
from backsmith.design.naming import IMPLICIT_FIELDS
from backsmith.design.operations import NUMBERS, TO_MANY, arithmetic, named
from backsmith.design.paths import Walk, dotted, walk
from backsmith.design.resolve import Resolver
from backsmith.design.resolve.names import found_all
from backsmith.design.scope import Scope, find_entity, target_of
from backsmith.design.syntax import parse_statement
from backsmith.design.types import Duration
from backsmith.design.values import stored
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report

_SIGNS: dict[type[ast.operator], e.Operator] = {ast.Add: e.Operator.ADD, ast.Sub: e.Operator.SUB}


def read_effect(passage: Passage, scope: Scope, report: Report) -> Effect | None:
    """The effect that is written here, or None with the mistakes in the report."""
    statement = parse_statement(passage, report)
    if statement is None:
        return None
    match statement:
        case ast.Assign(targets=[target], value=value):
            return _effect(passage, scope, report, target, "=", value)
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() as op, value=value):
            return _effect(passage, scope, report, target, f"{_SIGNS[type(op)]}=", value)
    hint = "write `stock -= quantity`, `stock += quantity` or `paid_at = now`"
    report.error("not-an-effect", "an effect changes a field", passage.origin, hint)
    return None


def _effect(
    passage: Passage, scope: Scope, report: Report, target: ast.expr, operator: str, value: ast.expr
) -> Effect | None:
    resolver = Resolver(scope, passage, report)
    names = dotted(target)
    if names is None:
        return resolver.wrong(
            target, "not-an-effect", "an effect changes a field", "write its path: `lines.product.stock`"
        )
    way = walk(scope.design, scope.entity, names)
    if not found_all(resolver, target, way, names) or not _changeable(resolver, target, way.fields[-1]):
        return None
    over = _over(scope, way, names)
    inner = _inner(scope, over)
    if inner is None:
        return None
    found = Resolver(inner, passage, report).expr(value)
    if found is None:
        return None
    steps = tuple(names[way.many :])
    path = e.Path(
        entity=inner.entity.name,
        steps=steps,
        type=way.fields[-1].type,
        may_be_null=way.may_be_null,
        origin=resolver.origin(target),
    )
    worth = _value(resolver, value, operator, found, way.fields[-1])
    if worth is None or not _certain(resolver, target, operator, over, path, worth):
        return None
    return Effect(
        operator=operator,
        over=over,
        target=path,
        value=worth,
        text=" ".join(passage.text.split()),
        origin=passage.origin,
    )


def _over(scope: Scope, way: Walk, names: list[str]) -> e.Collection | None:
    if not way.many:
        return None
    kind = way.fields[way.many - 1].type
    return e.Collection(entity=scope.entity.name, steps=tuple(names[: way.many]), at=target_of(kind), type=kind)


def _inner(scope: Scope, over: e.Collection | None) -> Scope | None:
    if over is None:
        return scope
    at = find_entity(scope.design, over.at) if over.at else None
    return None if at is None else replace(scope, entity=at, outer=scope.entity, prefix=over.steps)


def _changeable(resolver: Resolver, node: ast.expr, field: Field) -> bool:
    reason = _why_not(field)
    if reason:
        resolver.wrong(node, "effect-target", f"`{field.name}` cannot be changed by an effect: {reason}")
    return not reason


def _why_not(field: Field) -> str:
    if isinstance(field.type, TO_MANY):
        return "it is many rows"
    if field.computed is not None:
        return "it is computed"
    if field.name in IMPLICIT_FIELDS:
        return "the application keeps it"
    if field.owner:
        return "it is the owner"
    return "it is stored once, when the row is made" if field.set is not None or field.fixed else ""


def _value(resolver: Resolver, node: ast.expr, operator: str, found: e.Expr, field: Field) -> e.Expr | None:
    if operator != "=":
        return _amount(resolver, node, operator, found, field)
    worth = stored(found, field)
    if isinstance(worth, e.Expr):
        return worth
    code, message, hint = worth
    return resolver.wrong(node, code, message, hint)


def _amount(resolver: Resolver, node: ast.expr, operator: str, found: e.Expr, field: Field) -> e.Expr | None:
    sign = e.Operator.ADD if operator == "+=" else e.Operator.SUB
    if not isinstance(field.type, (*NUMBERS, Duration)) or arithmetic(sign, field.type, found.type) is None:
        return resolver.wrong(
            node,
            "wrong-type",
            f"`{operator}` does not work between {named(field.type)} and {named(found.type)}",
            ""
            if arithmetic(sign, field.type, found.type) is None
            else f"write `{field.name} = {field.name} {sign} ...`",
        )
    worth = stored(found, replace(field, optional=False))
    if isinstance(worth, e.Expr):
        return worth
    code, message, hint = worth
    return resolver.wrong(node, code, message, hint if code != "may-be-null" else "write `coalesce(..., 0)`")


def _certain(
    resolver: Resolver, node: ast.expr, operator: str, over: e.Collection | None, target: e.Path, value: e.Expr
) -> bool:
    """Whether every row gets one value: several lines of one product cannot each set its price."""
    if (
        operator != "="
        or over is None
        or len(target.steps) == 1
        or isinstance(value, (e.Literal, e.Now, e.Today, e.User, e.Input))
    ):
        return True
    rows = ".".join(over.steps)
    resolver.wrong(
        node,
        "ambiguous-effect",
        f"several of `{rows}` may lead to the same row, each with another value",
        "use += or -=",
    )
    return False
