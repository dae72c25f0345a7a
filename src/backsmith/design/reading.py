"""What expressions read."""

from collections.abc import Iterator
from dataclasses import dataclass

from backsmith.design.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Collection,
    Compare,
    Expr,
    In,
    Negative,
    Not,
    Or,
    Path,
    User,
)
from backsmith.diagnostics.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """A path that an expression follows, from a row of `entity`. No steps: the row itself."""

    entity: str
    steps: tuple[str, ...]
    origin: Origin | None = None


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside."""
    match expr:
        case Not(operand=operand) | Negative(operand=operand):
            return (operand,)
        case And(operands=operands) | Or(operands=operands):
            return operands
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case In(left=left, right=Collection() as right):
            return (left, right)
        case In(left=left):
            return (left,)
        case Call(arguments=arguments):
            return arguments
        case Aggregate(over=over, operand=None):
            return (over,)
        case Aggregate(over=over, operand=Expr() as operand):
            return (over, operand)
    return ()


def nodes(expr: Expr) -> Iterator[Expr]:
    """The expression and everything inside, from the outside in."""
    yield expr
    for part in parts(expr):
        yield from nodes(part)


def paths_read(expr: Expr) -> Iterator[Reads]:
    """Every path that is followed, those of the caller's account among them."""
    for node in nodes(expr):
        match node:
            case Path(entity=entity, steps=steps) | Collection(entity=entity, steps=steps):
                yield Reads(entity=entity, steps=steps, origin=node.origin)
            case User(steps=steps):
                yield Reads(entity="User", steps=steps, origin=node.origin)
