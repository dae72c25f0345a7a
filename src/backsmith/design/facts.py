"""What is true of an expression whatever the rows hold: writers choose their code by it."""

from datetime import timedelta

from backsmith.design import types
from backsmith.design.expressions import (
    Aggregate,
    Aggregation,
    And,
    Anyone,
    Arithmetic,
    Call,
    Compare,
    Expr,
    Function,
    In,
    Literal,
    Negative,
    Not,
    Operator,
    Or,
    Role,
    SignedIn,
    User,
)


def span_of(expr: Expr) -> timedelta | None:
    """The length of time, where it is a constant: `days(7)`."""
    match expr:
        case Literal(value=timedelta() as span):
            return span
        case Call(
            function=Function.DAYS | Function.HOURS | Function.MINUTES as unit, arguments=(Literal(value=int() as n),)
        ):
            return timedelta(**{unit.value: n})
        case _:
            return None


def scale_of(expr: Expr) -> int | None:
    """How many places after the point the value has; None where it is no exact number."""
    return scale_of_type(expr.type)


def scale_of_type(type_: types.Type) -> int | None:
    """The places of an exact number: whole numbers have none. None for other types."""
    match type_:
        case types.Decimal():
            return type_.scale
        case types.Int() | types.BigInt():
            return 0
        case _:
            return None


def nullable(expr: Expr) -> bool:
    """Whether the value may be NULL: as the design says, and where something is divided by what may be zero."""
    match expr:
        case Arithmetic(operator=Operator.DIV, right=Literal()):
            return nullable(expr.left)
        case Arithmetic(operator=Operator.DIV):
            return True
        case Arithmetic():
            return nullable(expr.left) or nullable(expr.right)
        case Call(function=Function.COALESCE):
            return all(nullable(argument) for argument in expr.arguments)
        case Call():
            return any(nullable(argument) for argument in expr.arguments)
        case Negative():
            return nullable(expr.operand)
        case Aggregate(function=Aggregation.AVG | Aggregation.MIN | Aggregation.MAX):
            return True
        case Aggregate():
            return False
        case _:
            return expr.may_be_null


def asks_for_caller(expr: Expr) -> bool:
    """Whether the outcome depends on who the caller is, and so is false for a stranger."""
    match expr:
        case User():
            return True
        case Compare() | Arithmetic():
            return asks_for_caller(expr.left) or asks_for_caller(expr.right)
        case In():
            return asks_for_caller(expr.left)
        case Not() | Negative():
            return asks_for_caller(expr.operand)
        case And() | Or():
            return any(asks_for_caller(operand) for operand in expr.operands)
        case Call():
            return any(asks_for_caller(argument) for argument in expr.arguments)
        case _:
            return False


def denied_to_strangers(expr: Expr | None) -> bool:
    """Whether the condition is false for every stranger, whatever the row."""
    match expr:
        case Role() | SignedIn():
            return True
        case Compare():
            return asks_for_caller(expr)
        case In():
            return asks_for_caller(expr.left)
        case And():
            return any(denied_to_strangers(operand) for operand in expr.operands)
        case Or():
            return all(denied_to_strangers(operand) for operand in expr.operands)
        case Aggregate(function=Aggregation.ANY):
            return denied_to_strangers(expr.operand)
        case Literal():
            return expr.value is False
        case _:
            return False


def alternatives(expr: Expr) -> tuple[Expr, ...]:
    """What stands between the `or`s, flattened; nothing for what is never true."""
    match expr:
        case Or():
            return tuple(option for operand in expr.operands for option in alternatives(operand))
        case Literal(value=True):
            return (Anyone(),)
        case Literal(value=False):
            return ()
        case _:
            return (expr,)
