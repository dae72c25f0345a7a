"""From Python's syntax tree to typed expressions: names resolved, operations checked, mistakes told in place."""

import ast
from collections.abc import Sequence

from backsmith.design import expressions as e
from backsmith.design.operations import named
from backsmith.design.resolve.arithmetic import read_arithmetic, read_unary
from backsmith.design.resolve.comparisons import read_comparison
from backsmith.design.resolve.constants import read_constant
from backsmith.design.resolve.functions import read_call
from backsmith.design.resolve.names import read_name
from backsmith.design.scope import Scope
from backsmith.design.types import Bool, Ref
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report


class Resolver:
    """Reads one expression. Every reading answers None where it has told a mistake."""

    def __init__(self, scope: Scope, passage: Passage, report: Report) -> None:
        self.scope = scope
        self.passage = passage
        self.report = report
        self._bytes = None if passage.text.isascii() else passage.text.encode()

    def condition(self, node: ast.expr) -> e.Expr | None:
        """An expression that is true or false. A role that is also a field, unless that is a bool, is the role here."""
        found = self._role(node) or self.expr(node)
        if found is not None and not isinstance(found.type, Bool):
            return self.wrong(
                node, "not-a-condition", f"this is {named(found.type)}, not true or false", _make_condition(found)
            )
        return found

    def expr(self, node: ast.expr) -> e.Expr | None:
        """Any expression."""
        match node:
            case ast.Constant():
                return read_constant(self, node)
            case ast.Name() | ast.Attribute():
                return read_name(self, node)
            case ast.BoolOp(op=op, values=values):
                return self._logic(node, values, e.And if isinstance(op, ast.And) else e.Or)
            case ast.UnaryOp():
                return read_unary(self, node)
            case ast.Compare():
                return read_comparison(self, node)
            case ast.BinOp():
                return read_arithmetic(self, node)
            case ast.Call():
                return read_call(self, node)
        return self.wrong(node, "not-in-language", f"{_described(node)} is not part of the language", _instead(node))

    def _role(self, node: ast.expr) -> e.Expr | None:
        if not isinstance(node, ast.Name) or node.id not in self.scope.roles:
            return None
        field = next((field for field in self.scope.start.fields if field.name == node.id), None)
        return None if field and isinstance(field.type, Bool) else e.Role(name=node.id, origin=self.origin(node))

    def _logic(self, node: ast.expr, values: Sequence[ast.expr], kind: type[e.And] | type[e.Or]) -> e.Expr | None:
        found = [self.condition(value) for value in values]
        operands: list[e.Expr] = []
        for each in found:
            if each is None:
                return None
            operands += each.operands if isinstance(each, kind) else [each]
        return kind(operands=tuple(operands), origin=self.origin(node))

    def within(self, scope: Scope) -> "Resolver":
        """The same for what is about other rows."""
        return Resolver(scope, self.passage, self.report)

    def wrong(self, node: ast.expr, code: str, message: str, hint: str = "") -> None:
        """Tell a mistake at a node."""
        self.report.error(code, message, self.origin(node), hint)

    def origin(self, node: ast.expr) -> Origin:
        """Where a node stands in the source."""
        return self.passage.at(*self.span(node))

    def span(self, node: ast.expr) -> tuple[int, int]:
        """The offsets of a node in the text; Python counts in bytes."""
        start, end = node.col_offset, node.end_col_offset or node.col_offset + 1
        if self._bytes is None:
            return start, end
        return len(self._bytes[:start].decode(errors="replace")), len(self._bytes[:end].decode(errors="replace"))

    def between(self, left: ast.expr, right: ast.expr) -> Origin:
        """Where two nodes and all between them stand."""
        return self.passage.at(self.span(left)[0], self.span(right)[1])


def _make_condition(found: e.Expr) -> str:
    if isinstance(found, e.User):
        return "write `signed_in`, or compare: `customer == user`"
    if isinstance(found.type, Ref):
        return "compare it: `customer == user`"
    return "compare it with something"


def _described(node: ast.expr) -> str:
    match node:
        case ast.IfExp():
            return "`if ... else`"
        case ast.Lambda():
            return "`lambda`"
        case ast.Subscript():
            return "`[...]` after a value"
        case ast.List() | ast.Tuple() | ast.Set():
            return "a list outside of `in`"
        case ast.JoinedStr():
            return "an f-string"
    return "this"


def _instead(node: ast.expr) -> str:
    match node:
        case ast.IfExp():
            return "use `and`, `or` and `coalesce`"
        case ast.List() | ast.Tuple() | ast.Set():
            return "write `status in ('paid', 'shipped')`"
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return "a path goes over all rows by itself: `any(lines.quantity > 3)`"
    return ""
