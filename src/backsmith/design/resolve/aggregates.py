"""Functions of many rows."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.operations import averaged, named, ordered, summed
from backsmith.design.paths import Walk, dotted, dotted_names, walk
from backsmith.design.scope import Use, find_entity, target_of
from backsmith.design.types import BigInt, Bool, Type
from backsmith.diagnostics.report import listing

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


def read_aggregate(resolver: "Resolver", node: ast.Call, function: e.Aggregation) -> e.Expr | None:
    """`sum(lines.quantity * lines.price)`."""
    if resolver.scope.use is Use.CHECK or resolver.scope.outer:
        where = "inside another function of many" if resolver.scope.outer else "in a check"
        return resolver.wrong(node, "not-own-row", f"`{function}` looks at other rows, which it cannot do {where}")
    over = _over(resolver, node, function)
    if over is None or over.at is None:
        return None
    at = find_entity(resolver.scope.design, over.at)
    if at is None:
        return None
    if dotted(node.args[0]) == list(over.steps):
        return _of_rows(resolver, node, function, over)
    inner = resolver.within(replace(resolver.scope, entity=at, outer=resolver.scope.entity, prefix=over.steps))
    logical = function in (e.Aggregation.ANY, e.Aggregation.ALL)
    operand = inner.condition(node.args[0]) if logical else inner.expr(node.args[0])
    return operand and _aggregated(resolver, node, function, over, operand)


def _of_rows(resolver: "Resolver", node: ast.Call, function: e.Aggregation, over: e.Collection) -> e.Expr | None:
    rows = ".".join(over.steps)
    if function is not e.Aggregation.COUNT:
        hint = f"name a field of the rows: `{function}({rows}.NAME)`"
        if function is e.Aggregation.ANY:
            hint = f"write `count({rows}) > 0`"
        return resolver.wrong(node, "wrong-arguments", f"`{function}` needs a value of each row", hint)
    return e.Aggregate(function=function, over=over, operand=None, type=BigInt(), origin=resolver.origin(node))


def _over(resolver: "Resolver", node: ast.Call, function: e.Aggregation) -> e.Collection | None:
    """The collection that the aggregate goes over."""
    found: dict[tuple[str, ...], Walk] = {}
    for names in dotted_names(node.args[0]):
        way = walk(resolver.scope.design, resolver.scope.entity, names)
        if way.broken:
            return None
        if way.many:
            found.setdefault(tuple(names[: way.many]), replace(way, fields=way.fields[: way.many], problem=None))
    if len(found) == 1:
        ((steps, way),) = found.items()
        kind = way.fields[-1].type
        return e.Collection(
            entity=resolver.scope.entity.name,
            steps=steps,
            at=target_of(kind),
            type=kind,
            origin=resolver.origin(node.args[0]),
        )
    if found:
        several = listing((".".join(steps) for steps in found), "and")
        return resolver.wrong(node, "not-many", f"`{function}` goes over one path to many rows, not over {several}")
    before = len(resolver.report.found)
    resolver.expr(node.args[0])
    if len(resolver.report.found) == before:
        resolver.wrong(
            node.args[0], "not-many", f"`{function}` needs a path to many rows", f"write `{function}(lines.price)`"
        )
    return None


def _aggregated(
    resolver: "Resolver", node: ast.Call, function: e.Aggregation, over: e.Collection, operand: e.Expr
) -> e.Expr | None:
    kind = _aggregated_type(function, operand)
    if kind is None:
        hint = "to ask for one such row write `any(...)`" if function is e.Aggregation.COUNT else ""
        return resolver.wrong(node.args[0], "wrong-type", f"`{function}` does not work on {named(operand.type)}", hint)
    nullable = function in (e.Aggregation.AVG, e.Aggregation.MIN, e.Aggregation.MAX)
    return e.Aggregate(
        function=function, over=over, operand=operand, type=kind, may_be_null=nullable, origin=resolver.origin(node)
    )


def _aggregated_type(function: e.Aggregation, operand: e.Expr) -> Type | None:
    match function:
        case e.Aggregation.SUM:
            return summed(operand.type)
        case e.Aggregation.AVG:
            return averaged(operand.type)
        case e.Aggregation.MIN | e.Aggregation.MAX:
            return operand.type if ordered(operand.type) else None
        case e.Aggregation.COUNT:
            return BigInt() if isinstance(operand, e.Path) else None
    return Bool()
