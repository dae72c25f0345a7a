"""Constants: true and false, nothing, text, whole numbers, decimals."""

import ast
import decimal
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.types import BigInt, Bool, Decimal, Int, Null, Text

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


def read_constant(resolver: "Resolver", node: ast.Constant) -> e.Expr | None:
    """`7`, `1.50`, `'draft'`, `True`, `None`."""
    origin = resolver.origin(node)
    match node.value:
        case bool(value):
            return e.Literal(value=value, type=Bool(), origin=origin)
        case None:
            return e.Literal(value=None, type=Null(), may_be_null=True, origin=origin)
        case str(value):
            return _text(resolver, node, value)
        case int(value):
            return _whole(resolver, node, value)
        case float():
            return _decimal(resolver, node)
    return resolver.wrong(node, "not-in-language", "this constant is not part of the language")


def _text(resolver: "Resolver", node: ast.expr, value: str) -> e.Expr | None:
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        return resolver.wrong(node, "bad-text", "text cannot hold this character")
    return e.Literal(value=value, type=Text(length=len(value)), origin=resolver.origin(node))


def _whole(resolver: "Resolver", node: ast.expr, value: int) -> e.Expr | None:
    if abs(value) >= 2**63:
        return resolver.wrong(node, "too-large", "this number does not fit into 64 bits")
    return e.Literal(value=value, type=Int() if abs(value) < 2**31 else BigInt(), origin=resolver.origin(node))


def _decimal(resolver: "Resolver", node: ast.expr) -> e.Expr | None:
    start, end = resolver.span(node)
    written = resolver.passage.text[start:end].replace("_", "")
    if not written.replace(".", "", 1).isdecimal():
        return resolver.wrong(
            node, "not-in-language", "this number is not part of the language", "write it out: `1500.00`"
        )
    value = decimal.Decimal(written)
    digits, scale = len(value.as_tuple().digits), len(written.partition(".")[2])
    if digits > 38 or scale > 38:
        return resolver.wrong(node, "too-large", "this number has too many digits")
    kind = Decimal(precision=max(digits, scale), scale=scale)
    return e.Literal(value=value, type=kind, origin=resolver.origin(node))
