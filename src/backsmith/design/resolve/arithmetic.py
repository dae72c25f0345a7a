"""Arithmetic with numbers, texts, moments and lengths of time."""

import ast
import decimal
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.operations import NUMBERS, arithmetic, named
from backsmith.design.types import BigInt, Date, DateTime, Decimal, Duration, Float, Int, Type

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


_OPERATORS: dict[type[ast.operator], e.Operator] = {
    ast.Add: e.Operator.ADD,
    ast.Sub: e.Operator.SUB,
    ast.Mult: e.Operator.MUL,
    ast.Div: e.Operator.DIV,
}


def read_arithmetic(resolver: "Resolver", node: ast.BinOp) -> e.Expr | None:
    """`total - discount`."""
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        return resolver.wrong(
            node, "not-in-language", "this operator is not part of the language", _operator_hint(node.op)
        )
    left, right = resolver.expr(node.left), resolver.expr(node.right)
    if left is None or right is None:
        return None
    kind = arithmetic(operator, left.type, right.type)
    if kind is None:
        message = f"`{operator}` does not work between {named(left.type)} and {named(right.type)}"
        return resolver.wrong(node, "wrong-type", message, _arithmetic_hint(left.type, right.type))
    if operator is e.Operator.DIV and isinstance(right, e.Literal) and not right.value:
        return resolver.wrong(node.right, "division-by-zero", "this divides by zero")
    by_zero = operator is e.Operator.DIV and not isinstance(right, e.Literal)
    nullable = left.may_be_null or right.may_be_null or by_zero
    return e.Arithmetic(
        operator=operator, left=left, right=right, type=kind, may_be_null=nullable, origin=resolver.origin(node)
    )


def read_unary(resolver: "Resolver", node: ast.UnaryOp) -> e.Expr | None:
    """`not urgent`, `-3`."""
    if isinstance(node.op, ast.Not):
        operand = resolver.condition(node.operand)
        return operand and e.Not(operand=operand, origin=resolver.origin(node))
    operand = resolver.expr(node.operand)
    if operand is None or (isinstance(node.op, ast.UAdd) and isinstance(operand.type, NUMBERS)):
        return operand
    if not isinstance(node.op, ast.USub) or not isinstance(operand.type, (*NUMBERS, Duration)):
        return resolver.wrong(node, "wrong-type", f"{named(operand.type)} has no negative")
    if isinstance(operand, e.Literal) and isinstance(operand.value, (int, decimal.Decimal, timedelta)):
        return replace(operand, value=-operand.value, origin=resolver.origin(node))
    return e.Negative(operand=operand, type=operand.type, may_be_null=operand.may_be_null, origin=resolver.origin(node))


def _arithmetic_hint(left: Type, right: Type) -> str:
    kinds = {type(left), type(right)}
    if kinds & {Date, DateTime} and kinds & {Int, BigInt}:
        return "write `days(7)`, `hours(1)` or `minutes(5)`"
    if kinds == {Float, Decimal}:
        return "decimals are exact and floats are not; make both the same"
    return ""


def _operator_hint(op: ast.operator) -> str:
    match op:
        case ast.BitAnd():
            return "write `and`"
        case ast.BitOr():
            return "write `or`"
    return "there are + - * /"
