"""Expressions as the language writes them: what `check.py` reads, the other way round."""

from datetime import timedelta
from decimal import Decimal

from backsmith.design import expressions as e
from backsmith.design.types import Ref

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)
"""How tightly each kind of expression binds."""


def text(expr: e.Expr, prefix: tuple[str, ...] = ()) -> str:
    """The source form. Inside an aggregate, `prefix` are the steps that lead to the rows."""
    return _Writer(prefix).text(expr, _OR)


class _Writer:
    def __init__(self, prefix: tuple[str, ...]) -> None:
        self.prefix = prefix

    def text(self, expr: e.Expr, outer: int) -> str:
        """The expression, in brackets where what stands around it binds tighter."""
        written, own = self._written(expr)
        return f"({written})" if own < outer else written

    def _written(self, expr: e.Expr) -> tuple[str, int]:
        match expr:
            case e.Or(operands=operands):
                return " or ".join(self.text(operand, _AND) for operand in operands), _OR
            case e.And(operands=operands):
                return " and ".join(self.text(operand, _NOT) for operand in operands), _AND
            case e.Not(operand=e.In(left=left, right=right)):
                return f"{self.text(left, _SUM)} not in {self._members(right)}", _COMPARE
            case e.Not(operand=operand):
                return f"not {self.text(operand, _NOT)}", _NOT
            case e.Compare(operator=operator, left=left, right=right):
                return f"{self.text(left, _SUM)} {operator} {self.text(right, _SUM)}", _COMPARE
            case e.In(left=left, right=right):
                return f"{self.text(left, _SUM)} in {self._members(right)}", _COMPARE
            case e.Arithmetic():
                return self._arithmetic(expr)
            case e.Negative(operand=operand):
                return f"-{self.text(operand, _SIGN)}", _SIGN
        return self._atom(expr)

    def _arithmetic(self, expr: e.Arithmetic) -> tuple[str, int]:
        own = _SUM if expr.operator in (e.Operator.ADD, e.Operator.SUB) else _PRODUCT
        return f"{self.text(expr.left, own)} {expr.operator} {self.text(expr.right, own + 1)}", own

    def _atom(self, expr: e.Expr) -> tuple[str, int]:
        match expr:
            case e.Literal(value=value):
                return constant(value), _SIGN if isinstance(value, (int, Decimal)) and value < 0 else _ATOM
            case e.Path():
                return self._path(expr), _ATOM
            case e.Collection(steps=steps):
                return ".".join(steps), _ATOM
            case e.User(steps=steps):
                return ".".join(("user", *steps)), _ATOM
            case e.Input(name=name):
                return f"input.{name}", _ATOM
            case e.Role(name=name):
                return name, _ATOM
            case e.Call(function=function, arguments=arguments):
                return f"{function}({', '.join(self.text(argument, _OR) for argument in arguments)})", _ATOM
            case e.Aggregate(function=function, over=over, operand=operand):
                inner = ".".join(over.steps) if operand is None else text(operand, over.steps)
                return f"{function}({inner})", _ATOM
        return _WORDS[type(expr)], _ATOM

    def _path(self, path: e.Path) -> str:
        if path.steps == ("id",) and isinstance(path.type, Ref):
            return ".".join(self.prefix) or "id"
        return ".".join((*self.prefix, *path.steps))

    def _members(self, right: e.Collection | tuple[e.Literal, ...]) -> str:
        if isinstance(right, e.Collection):
            return ".".join(right.steps)
        items = ", ".join(constant(item.value) for item in right)
        return f"({items},)" if len(right) == 1 else f"({items})"


_WORDS: dict[type[e.Expr], str] = {
    e.Owner: "owner",
    e.Anyone: "anyone",
    e.SignedIn: "signed_in",
    e.Now: "now",
    e.Today: "today",
    e.Tenant: "tenant",
}


def constant(value: object) -> str:
    """A constant: `'draft'`, `7`, `1.50`, `True`, `None`, `days(7)`."""
    match value:
        case str():
            return _quoted(value)
        case Decimal():
            return f"{value:f}"
        case timedelta():
            return _duration(value)
    return str(value)


def _quoted(value: str) -> str:
    """Between single quotes."""
    quoted = repr(value)
    return quoted if quoted.startswith("'") else "'" + quoted[1:-1].replace("'", "\\'") + "'"


def _duration(value: timedelta) -> str:
    minutes = int(value.total_seconds()) // 60
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes % length == 0:
            return f"{unit}({minutes // length})"
    return f"minutes({minutes})"
