"""Functions of single values."""

import ast
from datetime import timedelta
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.operations import TEXTS, WHOLE, common, length_of, named
from backsmith.design.resolve.aggregates import read_aggregate
from backsmith.design.resolve.comparisons import adapt
from backsmith.design.scope import AGGREGATES, FUNCTIONS, leads_to_many
from backsmith.design.types import Duration, Enum, Int, Text, Type
from backsmith.diagnostics.report import did_you_mean

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


_UNITS = {e.Function.DAYS: "days", e.Function.HOURS: "hours", e.Function.MINUTES: "minutes"}


_LONGEST_DURATION = timedelta(days=36_500)


_TO_DAYS = {"microseconds": 86_400_000_000, "minutes": 1440, "hours": 24, "days": 1}


def read_call(resolver: "Resolver", node: ast.Call) -> e.Expr | None:
    """`lower(name)`, `days(7)`, `count(lines)`."""
    name = node.func.id if isinstance(node.func, ast.Name) else None
    known = (*FUNCTIONS, *AGGREGATES)
    if name not in known:
        hint = did_you_mean(name or "", known, f"the functions are {', '.join(known)}")
        if name in resolver.scope.names():
            hint = f"write `{name}` without brackets"
        return resolver.wrong(
            node.func, "unknown-function", f"there is no function `{name or ast.unparse(node.func)}`", hint
        )
    if node.keywords:
        return resolver.wrong(node.keywords[0].value, "wrong-arguments", "arguments have no names here")
    if not node.args or (len(node.args) > 1 and name != "coalesce"):
        hint = f"`{name}` is about many rows: `{name}(lines.price)`" if name in AGGREGATES else ""
        return resolver.wrong(node, "wrong-arguments", f"`{name}` takes one argument, not {len(node.args)}", hint)
    return (
        read_aggregate(resolver, node, e.Aggregation(name))
        if name in AGGREGATES
        else _function(resolver, node, e.Function(name))
    )


def _function(resolver: "Resolver", node: ast.Call, function: e.Function) -> e.Expr | None:
    found = [resolver.expr(argument) for argument in node.args]
    arguments = tuple(argument for argument in found if argument is not None)
    if len(arguments) < len(found):
        return None
    if function is e.Function.COALESCE:
        return _coalesce(resolver, node, arguments)
    (argument,) = arguments
    if function in _UNITS:
        return _duration(resolver, node, function, argument)
    if not isinstance(argument.type, TEXTS):
        return resolver.wrong(
            node.args[0],
            "wrong-type",
            f"`{function}` takes text, not {named(argument.type)}",
            _length_hint(argument.type),
        )
    kind = Int() if function is e.Function.LENGTH else Text(length=length_of(argument.type))
    return e.Call(
        function=function,
        arguments=arguments,
        type=kind,
        may_be_null=argument.may_be_null,
        origin=resolver.origin(node),
    )


def _coalesce(resolver: "Resolver", node: ast.Call, arguments: tuple[e.Expr, ...]) -> e.Expr | None:
    enum = next((argument.type for argument in arguments if isinstance(argument.type, Enum)), None)
    if enum:
        adapted = [adapt(resolver, argument, enum, each) for argument, each in zip(arguments, node.args, strict=True)]
        if any(argument is None for argument in adapted):
            return None
        arguments = tuple(argument for argument in adapted if argument)
    kind = common([argument.type for argument in arguments])
    if kind is None or len(arguments) < 2:
        message = (
            "`coalesce` takes two values or more"
            if kind
            else f"{' and '.join(named(a.type) for a in arguments)} have no common type"
        )
        return resolver.wrong(node, "wrong-arguments", message)
    nullable = all(argument.may_be_null for argument in arguments)
    return e.Call(
        function=e.Function.COALESCE, arguments=arguments, type=kind, may_be_null=nullable, origin=resolver.origin(node)
    )


def _duration(resolver: "Resolver", node: ast.Call, function: e.Function, argument: e.Expr) -> e.Expr | None:
    if not isinstance(argument.type, WHOLE):
        return resolver.wrong(
            node.args[0], "wrong-type", f"`{function}` takes a whole number, not {named(argument.type)}"
        )
    if isinstance(argument, e.Literal) and isinstance(argument.value, int):
        unit = _UNITS[function]
        if abs(argument.value) > _LONGEST_DURATION.days * _TO_DAYS[unit]:
            return resolver.wrong(node, "too-large", "a length of time is a hundred years at most")
        return e.Literal(value=timedelta(**{unit: argument.value}), type=Duration(), origin=resolver.origin(node))
    return e.Call(
        function=function,
        arguments=(argument,),
        type=Duration(),
        may_be_null=argument.may_be_null,
        origin=resolver.origin(node),
    )


def _length_hint(kind: Type) -> str:
    return "write `count(...)` for many rows" if leads_to_many(kind) else ""
