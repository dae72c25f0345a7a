"""Expressions, resolved and typed: what access rules, computed fields, checks, effects and conditions are made of.

A node knows its `type` (what it is worth) and whether it `may_be_null`. Paths start at the row that the expression
is about (or, inside an aggregate, at the row that is aggregated). `text(node)` writes the source form again;
`check.py` reads it.

"""

from dataclasses import dataclass, field
from enum import StrEnum

from backsmith.design.types import Bool, Date, DateTime, Ref, Type
from backsmith.diagnostics.origin import Origin

_BOOL, _MOMENT, _DAY = Bool(), DateTime(), Date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expr:
    """Any expression."""

    type: Type
    may_be_null: bool = False
    origin: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Expr):
    """A constant: str, int, Decimal (with the scale of its digits), bool, timedelta (type Duration) or None (type
    Null). A word of an enum is a str with the type Enum.
    """

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Path(Expr):
    """A field, reached through references: `category.name` is ("category", "name"). `entity` is where the path starts.
    No step leads to many rows.
    """

    entity: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection(Expr):
    """Many rows, reached through references: `project.members`, `lines.product`, `members.user`. At least one step
    leads to many; `type` is that of the last step. `entity` is where the path starts, `at` the entity of the rows
    that the collection holds (None when the last step is a plain field, whose values it then holds).
    """

    entity: str
    steps: tuple[str, ...]
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Expr):
    """`user`: the caller's account; null for a stranger. With steps, a field of the account: `user.team`."""

    steps: tuple[str, ...] = ()
    may_be_null: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Expr):
    """A value that the caller sends with a move: `input.reason`, in its effects only."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Expr):
    """`owner`: the caller is whom the row's owner field names. The `owner` pass turns it into a comparison."""

    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Expr):
    """The tenant that the request names. Made by the `tenant` pass only; no source form."""

    type: Ref
    may_be_null: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Anyone(Expr):
    """`anyone`: true, also for a stranger."""

    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Expr):
    """`signed_in`: true for every account."""

    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Expr):
    """The name of a role: true for whoever has it. `admin` is not implied here; policies add it once."""

    name: str
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Now(Expr):
    """`now`: the moment of the request."""

    type: Type = _MOMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Today(Expr):
    """`today`: the day of the request, in UTC."""

    type: Type = _DAY


class Comparison(StrEnum):
    """How two values are compared. Null equals null; an order with null is false."""

    EQ, NE, LT, LE, GT, GE = "==", "!=", "<", "<=", ">", ">="


class Operator(StrEnum):
    """Arithmetic. `/` is true division."""

    ADD, SUB, MUL, DIV = "+", "-", "*", "/"


class Function(StrEnum):
    """Functions of single values."""

    LOWER, UPPER, LENGTH, COALESCE, DAYS, HOURS, MINUTES = (
        "lower",
        "upper",
        "length",
        "coalesce",
        "days",
        "hours",
        "minutes",
    )


class Aggregation(StrEnum):
    """Functions of many rows. `sum` and `count` of nothing are 0, `any` of nothing is false, `all` of nothing is true;
    the others are null.
    """

    SUM, COUNT, AVG, MIN, MAX, ANY, ALL = "sum", "count", "avg", "min", "max", "any", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Expr):
    operand: Expr
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Expr):
    operands: tuple[Expr, ...]
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Expr):
    operands: tuple[Expr, ...]
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Expr):
    """Two values. A chain `a < b < c` is read as `a < b and b < c`."""

    operator: Comparison
    left: Expr
    right: Expr
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class In(Expr):
    """`left in right`: right is a tuple of literals, or a collection. `not in` is Not(In)."""

    left: Expr
    right: "Collection | tuple[Literal, ...]"
    type: Type = _BOOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Expr):
    """Decimal scales: + and - the larger, * the sum, / the larger plus six (rounded half-even there)."""

    operator: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative(Expr):
    operand: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expr):
    function: Function
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Expr):
    """`sum(lines.quantity * lines.price)`: `over` is the collection of rows (`lines`), `operand` is about one row of
    it (its paths start at `over.at`); None for `count(lines)`. Paths that start at the outer row are not allowed
    inside.
    """

    function: Aggregation
    over: Collection
    operand: Expr | None
