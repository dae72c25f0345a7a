"""What an expression is worth for rows that are plain Python values: where written tests have their expectations from.

A row is a dictionary by field; a reference in it is another row or None, a field that leads to many is a list of rows,
and `id` tells rows apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from backsmith.design import types
from backsmith.design.expressions import (
    Aggregate,
    Aggregation,
    And,
    Anyone,
    Arithmetic,
    Call,
    Collection,
    Compare,
    Comparison,
    Expr,
    Function,
    In,
    Input,
    Literal,
    Negative,
    Not,
    Now,
    Operator,
    Or,
    Path,
    Role,
    SignedIn,
    Tenant,
    Today,
    User,
)
from backsmith.design.model import Design

Row = Mapping[str, Any]


class UnknownWorthError(Exception):
    """What the value depends on is not in the sample rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. `account` is None for a stranger; `tenant` is the row of the tenant that the request names."""

    roles: frozenset[str] = frozenset()
    account: Row | None = None
    tenant: Row | None = None
    now: datetime | None = None
    inputs: Row | None = None


@dataclass(frozen=True, slots=True)
class Oracle:
    """The worth of expressions for one caller."""

    design: Design
    caller: Caller

    def holds(self, expr: Expr, row: Row) -> bool:
        """Whether a rule or a condition is true of a row. Raises UnknownWorthError."""
        return self.value(expr, row) is True

    def value(self, expr: Expr, row: Row) -> Any:
        """What the expression is worth. Raises UnknownWorthError."""
        match expr:
            case Literal():
                return expr.value
            case Anyone():
                return True
            case SignedIn():
                return self.caller.account is not None
            case Role():
                return expr.name in self.caller.roles
            case User():
                return self._walk("User", self.caller.account, expr.steps)
            case Tenant():
                return self.caller.tenant
            case Path():
                return self._walk(expr.entity, row, expr.steps)
            case Now() | Today() if self.caller.now is not None:
                return self.caller.now if isinstance(expr, Now) else self.caller.now.date()
            case Input() if self.caller.inputs is not None:
                return self.caller.inputs[expr.name]
            case Not():
                return not self.value(expr.operand, row)
            case And():
                return all(self.value(operand, row) is True for operand in expr.operands)
            case Or():
                return self._any_of(expr, row)
            case Compare():
                return self._compared(expr, row)
            case In():
                return self._contained(expr, row)
            case Negative():
                value = _known(self.value(expr.operand, row))
                return None if value is None else -value
            case Arithmetic():
                return self._calculated(expr, row)
            case Call():
                return self._called(expr.function, [_known(self.value(argument, row)) for argument in expr.arguments])
            case Aggregate():
                return self._aggregated(expr, row)
        raise UnknownWorthError

    def _any_of(self, expr: Or, row: Row) -> bool:
        """True as soon as one is, even where another is not known."""
        unknown = False
        for operand in expr.operands:
            try:
                if self.value(operand, row) is True:
                    return True
            except UnknownWorthError:
                unknown = True
        if unknown:
            raise UnknownWorthError
        return False

    def _walk(self, entity_name: str, row: Any, steps: Sequence[str]) -> Any:
        entity = self.design.entity(entity_name)
        for step in steps:
            if row is None:
                return None
            if step == "id":
                return row
            field = entity.field(step)
            if field.computed is not None:
                row = self.typed(self.value(field.computed, row), field.type)
            elif step in row:
                row = row[step]
            else:
                raise UnknownWorthError
            if isinstance(field.type, types.Ref):
                entity = self.design.entity(field.type.target)
        return row

    def typed(self, value: Any, type_: types.Type) -> Any:
        """A value with the places of its type. Raises UnknownWorthError for a number that only the database gives."""
        if not isinstance(type_, types.Ref):
            _known(value)
        if isinstance(type_, types.Decimal) and value is not None:
            return Decimal(value).quantize(Decimal(1).scaleb(-type_.scale), ROUND_HALF_EVEN)
        if isinstance(type_, types.Float) and value is not None:
            return float(value)
        return value

    def members(self, over: Collection, row: Row) -> list[Any]:
        """What a collection of this row has: rows, or values."""
        entity = self.design.entity(over.entity)
        rows: list[Any] = [row]
        for step in over.steps:
            field = entity.field(step)
            found = [self._walk(entity.name, each, (step,)) for each in rows if each is not None]
            many = isinstance(field.type, types.ToMany | types.Values)
            rows = [member for each in found for member in each] if many else found
            if isinstance(field.type, types.Ref | types.Many | types.Parts | types.Inverse):
                entity = self.design.entity(field.type.target)
        return rows

    def _compared(self, expr: Compare, row: Row) -> bool:
        sides = (expr.left, expr.right)
        if self.caller.account is None and any(isinstance(side, User) for side in sides):
            if expr.operator is Comparison.NE:
                raise UnknownWorthError
            return False
        left, right = (self.value(side, row) for side in sides)
        if expr.operator is Comparison.EQ:
            return _same(left, right)
        if expr.operator is Comparison.NE:
            return not _same(left, right)
        return left is not None and right is not None and bool(ORDERS[expr.operator](_known(left), _known(right)))

    def _contained(self, expr: In, row: Row) -> bool:
        if self.caller.account is None and isinstance(expr.left, User):
            return False
        left = self.value(expr.left, row)
        if isinstance(expr.right, tuple):
            return any(_same(left, item.value) for item in expr.right)
        return any(_same(left, member) for member in self.members(expr.right, row))

    def _calculated(self, expr: Arithmetic, row: Row) -> Any:
        left, right = _known(self.value(expr.left, row)), _known(self.value(expr.right, row))
        if left is None or right is None:
            return None
        if isinstance(left, date) and not isinstance(left, datetime) and isinstance(right, timedelta):
            right = timedelta(days=right.days)
        match expr.operator:
            case Operator.ADD:
                return left + right
            case Operator.SUB:
                return left - right
            case Operator.MUL:
                return left * right
            case Operator.DIV:
                return self._divided(expr, left, right)

    def _divided(self, expr: Arithmetic, left: Any, right: Any) -> Any:
        if not right:
            return None
        if isinstance(expr.type, types.Decimal):
            return self.typed(Decimal(left) / Decimal(right), expr.type)
        return left / right

    def _called(self, function: Function, values: list[Any]) -> Any:
        if function is Function.COALESCE:
            return next((value for value in values if value is not None), None)
        (value,) = values
        return None if value is None else CALLS[function](value)

    def _aggregated(self, expr: Aggregate, row: Row) -> Any:
        members = self.members(expr.over, row)
        if expr.operand is None:
            return len(members) if expr.function is Aggregation.COUNT else bool(members)
        values = [self.value(expr.operand, member) for member in members]
        present = [value for value in values if value is not None]
        if expr.function is Aggregation.COUNT:
            return sum(1 for value in present if value is not False)
        present = list(map(_known, present))
        match expr.function:
            case Aggregation.ANY:
                return any(value is True for value in values)
            case Aggregation.ALL:
                return all(value is True for value in values)
            case Aggregation.SUM:
                return sum(present[1:], present[0]) if present else _nothing(expr.type)
            case Aggregation.MIN | Aggregation.MAX:
                return (min if expr.function is Aggregation.MIN else max)(present, default=None)
        if not present:
            return None
        if isinstance(expr.type, types.Decimal):
            return self.typed(Decimal(sum(present)) / len(present), expr.type)
        return sum(present[1:], present[0]) / len(present)

    def asked_with(self, **inputs: Any) -> "Oracle":
        """The same, for a request that sends these."""
        return Oracle(self.design, replace(self.caller, inputs=inputs))


def _is_row(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value


def _known(value: Any) -> Any:
    """The value. Raises UnknownWorthError for a row, which stands for its id: what number that is, nobody knows."""
    if _is_row(value):
        raise UnknownWorthError
    return value


def _same(left: Any, right: Any) -> bool:
    """Rows are the same by their ids; all else by value. Raises UnknownWorthError for an id beside a number."""
    if _is_row(left) and _is_row(right):
        return bool(left["id"] == right["id"])
    if left is not None and right is not None:
        _known(left), _known(right)
    return type(left) is type(right) and bool(left == right) if isinstance(left, bool) else bool(left == right)


def _nothing(type_: types.Type) -> Any:
    match type_:
        case types.Duration():
            return timedelta()
        case types.Decimal():
            return Decimal(0)
        case _:
            return 0


ORDERS: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.LT: lambda left, right: left < right,
    Comparison.LE: lambda left, right: left <= right,
    Comparison.GT: lambda left, right: left > right,
    Comparison.GE: lambda left, right: left >= right,
}
CALLS: Mapping[Function, Callable[[Any], Any]] = {
    Function.LOWER: str.lower,
    Function.UPPER: str.upper,
    Function.LENGTH: len,
    Function.DAYS: lambda number: timedelta(days=number),
    Function.HOURS: lambda number: timedelta(hours=number),
    Function.MINUTES: lambda number: timedelta(minutes=number),
}
