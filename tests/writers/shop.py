"""A design with every kind of field and link, rows for it, and what expressions over them are worth in Python."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from backsmith.design import types as t
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
    Literal,
    Negative,
    Not,
    Now,
    Operator,
    Or,
    Path,
    Role,
    SignedIn,
    Today,
    User,
)
from backsmith.design.model import Access, Design, Entity, Field
from backsmith.features import lower

ADMIN = Role(name="admin")
CLOSED = Access(read=ADMIN, create=ADMIN, update=ADMIN, delete=ADMIN)
MONEY = t.Decimal(precision=12, scale=2)
WORDS = t.Enum(words=("draft", "paid", "shipped"))


def ref(target: str) -> t.Ref:
    return t.Ref(targets=(target,))


def field(name: str, type_: t.Type, *, optional: bool = False) -> Field:
    return Field(name=name, type=type_, optional=optional)


def entity(name: str, plural: str, *fields: Field, whole: str | None = None, soft_delete: bool = False) -> Entity:
    return Entity(name=name, plural=plural, fields=fields, access=CLOSED, whole=whole, soft_delete=soft_delete)


DESIGN = lower(
    Design(
        name="shop",
        entities=(
            entity("User", "users", field("name", t.Text(length=80)), field("team", ref("Team"), optional=True)),
            entity(
                "Team",
                "teams",
                field("name", t.Text(length=80)),
                field("lead", ref("User"), optional=True),
                field("members", t.Many(target="User")),
            ),
            entity(
                "Category",
                "categories",
                field("name", t.Text(length=80)),
                field("parent", ref("Category"), optional=True),
                field("products", t.Inverse(target="Product", by="category")),
                field("children", t.Inverse(target="Category", by="parent")),
            ),
            entity("Tag", "tags", field("name", t.Slug()), field("weight", t.Int(), optional=True)),
            entity(
                "Product",
                "products",
                field("sku", t.Text(length=32)),
                field("note", t.Text(), optional=True),
                field("price", MONEY),
                field("weight", t.Decimal(precision=8, scale=3), optional=True),
                field("stock", t.Int()),
                field("views", t.BigInt(), optional=True),
                field("ratio", t.Float(), optional=True),
                field("active", t.Bool()),
                field("featured", t.Bool(), optional=True),
                field("launched", t.Date()),
                field("gone_on", t.Date(), optional=True),
                field("checked_at", t.DateTime(), optional=True),
                field("opens", t.Time()),
                field("lasts", t.Duration(), optional=True),
                field("status", WORDS),
                field("category", ref("Category")),
                field("team", ref("Team"), optional=True),
                field("keeper", ref("User")),
                field("labels", t.Values(item=t.Text(length=20))),
                field("sizes", t.Values(item=t.Int()), optional=True),
                field("tags", t.Many(target="Tag")),
                field("lines", t.Inverse(target="OrderLine", by="product")),
                soft_delete=True,
            ),
            entity(
                "Order",
                "orders",
                field("customer", ref("User")),
                field("helper", ref("User"), optional=True),
                field("status", WORDS),
                field("lines", t.Parts(target="OrderLine", by="order")),
            ),
            entity(
                "OrderLine",
                "order_lines",
                field("order", ref("Order")),
                field("product", ref("Product")),
                field("quantity", t.Int()),
                field("discount", t.Int(), optional=True),
                field("price", MONEY),
                whole="order",
            ),
        ),
    )
)

NOW = datetime(2030, 5, 17, 12, 30, 15, 250000, tzinfo=UTC)


def moment(days: int, seconds: float = 0) -> datetime:
    return NOW + timedelta(days=days, seconds=seconds)


ROWS: dict[str, list[dict[str, Any]]] = {
    "Team": [{"id": 1, "name": "Red", "lead": None}, {"id": 2, "name": "Blue", "lead": None}],
    "User": [
        {"id": 1, "name": "Ada", "team": 1},
        {"id": 2, "name": "Ben", "team": 2},
        {"id": 3, "name": "Cleo", "team": None},
    ],
    "Category": [
        {"id": 1, "name": "Tools", "parent": None},
        {"id": 2, "name": "Hammers", "parent": 1},
        {"id": 3, "name": "ÄRGER", "parent": 1},
    ],
    "Tag": [{"id": 1, "name": "new", "weight": 3}, {"id": 2, "name": "old", "weight": None}],
    "Product": [
        {
            "id": number,
            "sku": sku,
            "note": note,
            "price": Decimal(price),
            "weight": None if weight is None else Decimal(weight),
            "stock": stock,
            "views": views,
            "ratio": ratio,
            "active": active,
            "featured": featured,
            "launched": date(2030, 5, day),
            "gone_on": gone_on,
            "checked_at": checked,
            "opens": time(8, day),
            "lasts": lasts,
            "status": status,
            "category": category,
            "team": team,
            "keeper": keeper,
            "labels": ["a", "b"][:number],
            "sizes": None if number == 1 else [number, 5],
            "deleted_at": deleted,
        }
        for number, sku, note, price, weight, stock, views, ratio, active, featured, day, gone_on, checked, lasts, status, category, team, keeper, deleted in (  # noqa: E501
            (1, "A-1", None, "10.50", "1.250", 5, None, 0.5, True, None, 17, None, None, None, "draft", 1, 1, 1, None),
            (
                2,
                "b-2",
                "Äpfel ß",
                "0.01",
                None,
                0,
                9,
                None,
                False,
                True,
                3,
                date(2030, 5, 17),
                moment(-8),
                timedelta(hours=3),
                "paid",
                2,
                None,
                2,
                None,
            ),
            (
                3,
                "C-3",
                "",
                "99.99",
                "0.005",
                2,
                7,
                -1.5,
                True,
                False,
                28,
                date(2030, 6, 1),
                moment(0),
                timedelta(days=8, microseconds=1),
                "shipped",
                2,
                2,
                1,
                moment(-1),
            ),
            (
                4,
                "a-1",
                "10",
                "10.50",
                "10.500",
                2147483647,
                2**40,
                3.0,
                False,
                False,
                18,
                None,
                moment(1, 0.5),
                timedelta(),
                "draft",
                3,
                1,
                3,
                None,
            ),
        )
    ],
    "Order": [
        {"id": 1, "customer": 1, "helper": 2, "status": "draft"},
        {"id": 2, "customer": 2, "helper": None, "status": "paid"},
        {"id": 3, "customer": 1, "helper": 1, "status": "paid"},
    ],
    "OrderLine": [
        {"id": 1, "order": 1, "product": 1, "quantity": 2, "discount": None, "price": Decimal("10.50")},
        {"id": 2, "order": 1, "product": 2, "quantity": 3, "discount": 1, "price": Decimal("0.01")},
        {"id": 3, "order": 2, "product": 3, "quantity": 1, "discount": 0, "price": Decimal("99.99")},
        {"id": 4, "order": 2, "product": 1, "quantity": 7, "discount": None, "price": Decimal("10.00")},
    ],
}
"""Rows by entity; order 3 has no lines, and product 4 stands in none."""

PAIRS: dict[tuple[str, str], list[tuple[int, int]]] = {
    ("Product", "tags"): [(1, 1), (1, 2), (2, 2), (3, 1)],
    ("Team", "members"): [(1, 1), (1, 2), (2, 3)],
}

for _rows in ROWS.values():
    for _row in _rows:
        _row.update(created_at=moment(-_row["id"]), updated_at=moment(0), version=1)


class Reference:
    """The meaning of the language, in Python: `value` of an expression about a row, for a caller."""

    def __init__(self, user: int | None, roles: frozenset[str]) -> None:
        self.user, self.roles = user, roles

    def value(self, expr: Expr, entity: str, row: dict[str, Any]) -> Any:
        match expr:
            case Anyone():
                return True
            case SignedIn():
                return self.user is not None
            case Role():
                return expr.name in self.roles
            case Literal():
                return expr.value
            case Now():
                return NOW
            case Today():
                return NOW.date()
            case User():
                return self._account(expr)
            case Path():
                return walk(entity, row, expr.steps)
            case Not():
                return not self.value(expr.operand, entity, row)
            case And():
                return all(self.value(operand, entity, row) for operand in expr.operands)
            case Or():
                return any(self.value(operand, entity, row) for operand in expr.operands)
            case Compare():
                return self._compared(expr, entity, row)
            case In():
                return self._contained(expr, entity, row)
            case Arithmetic():
                return self._arithmetic(expr, entity, row)
            case Negative():
                operand = self.value(expr.operand, entity, row)
                return None if operand is None else -operand
            case Call():
                return called(expr, [self.value(argument, entity, row) for argument in expr.arguments])
            case Aggregate():
                return self._aggregated(expr, entity, row)
        raise AssertionError(expr)

    def _account(self, expr: User) -> Any:
        if self.user is None or not expr.steps:
            return self.user
        return walk("User", found("User", self.user), expr.steps)

    def _compared(self, expr: Compare, entity: str, row: dict[str, Any]) -> bool:
        if self.user is None and (asks(expr.left) or asks(expr.right)):
            return False
        left, right = self.value(expr.left, entity, row), self.value(expr.right, entity, row)
        if expr.operator is Comparison.EQ:
            return bool(left == right)
        if expr.operator is Comparison.NE:
            return bool(left != right)
        if left is None or right is None:
            return False
        tests: dict[Comparison, Callable[[Any, Any], bool]] = {
            Comparison.LT: lambda a, b: a < b,
            Comparison.LE: lambda a, b: a <= b,
            Comparison.GT: lambda a, b: a > b,
            Comparison.GE: lambda a, b: a >= b,
        }
        return tests[expr.operator](left, right)

    def _contained(self, expr: In, entity: str, row: dict[str, Any]) -> bool:
        if self.user is None and asks(expr.left):
            return False
        left = self.value(expr.left, entity, row)
        if isinstance(expr.right, tuple):
            return left in [item.value for item in expr.right]
        if isinstance(expr.right.type, t.Values):
            return left is not None and any(left in (held or []) for held, _ in collection(expr.right, entity, row))
        return left in [collected[expr.right.at is not None] for collected in collection(expr.right, entity, row)]

    def _arithmetic(self, expr: Arithmetic, entity: str, row: dict[str, Any]) -> Any:
        left, right = self.value(expr.left, entity, row), self.value(expr.right, entity, row)
        if left is None or right is None or (expr.operator is Operator.DIV and not right):
            return None
        if isinstance(expr.type, t.Float):
            left, right = float(left), float(right)
        match expr.operator:
            case Operator.ADD:
                return left + right
            case Operator.SUB:
                return left - right
            case Operator.MUL:
                return left * right
            case Operator.DIV:
                return divided(left, right, expr.type)

    def _aggregated(self, expr: Aggregate, entity: str, row: dict[str, Any]) -> Any:
        rows = [held for held, _ in collection(expr.over, entity, row)]
        operand, at = expr.operand, expr.over.at
        assert at is not None
        if operand is None:
            return len(rows) if expr.function is Aggregation.COUNT else bool(rows)
        values = [self.value(operand, at, held) for held in rows]
        present = [value for value in values if value is not None]
        match expr.function:
            case Aggregation.ANY:
                return any(values)
            case Aggregation.ALL:
                return all(values)
            case Aggregation.COUNT:
                return sum(values) if isinstance(operand.type, t.Bool) else len(present)
            case Aggregation.SUM:
                return sum(present, timedelta() if isinstance(expr.type, t.Duration) else 0)
            case Aggregation.MIN:
                return min(present, default=None)
            case Aggregation.MAX:
                return max(present, default=None)
            case Aggregation.AVG:
                start = timedelta() if isinstance(expr.type, t.Duration) else 0
                return divided(sum(present, start), len(present), expr.type) if present else None


def divided(left: Any, right: Any, type_: t.Type) -> Any:
    if isinstance(type_, t.Decimal):
        return rounded(Decimal(left) / Decimal(right), type_.scale)
    return left / right


def rounded(value: Decimal, scale: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)


def called(expr: Call, values: list[Any]) -> Any:
    if expr.function is Function.COALESCE:
        return next((value for value in values if value is not None), None)
    (value,) = values
    if value is None:
        return None
    match expr.function:
        case Function.LOWER:
            return value.lower()
        case Function.UPPER:
            return value.upper()
        case Function.LENGTH:
            return len(value)
        case _:
            return timedelta(**{expr.function.value: value})


def asks(expr: Expr) -> bool:
    """Whether the caller stands in the expression."""
    match expr:
        case User():
            return True
        case Arithmetic():
            return asks(expr.left) or asks(expr.right)
        case Negative():
            return asks(expr.operand)
        case Call():
            return any(asks(argument) for argument in expr.arguments)
    return False


def found(entity: str, id: int) -> dict[str, Any]:
    return next(row for row in ROWS[entity] if row["id"] == id)


def walk(entity: str, row: dict[str, Any], steps: tuple[str, ...]) -> Any:
    value: Any = row
    for step in steps:
        if value is None:
            return None
        if not isinstance(value, dict):
            value = found(entity, value)
        field_ = DESIGN.entity(entity).field(step)
        value = value.get(step)
        if isinstance(field_.type, t.Ref):
            entity = field_.type.target
    return value


def collection(over: Collection, entity: str, row: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Each row that the collection holds, with its id; or each value, where it holds plain ones."""
    held = [row]
    for place, step in enumerate(over.steps):
        field_ = DESIGN.entity(entity).field(step)
        match field_.type:
            case t.Ref():
                entity = field_.type.target
                held = [found(entity, one[step]) for one in held if one.get(step) is not None]
            case t.Parts() | t.Inverse():
                entity = field_.type.target
                held = live([r for one in held for r in ROWS[entity] if r[field_.type.by] == one["id"]])
            case t.Many():
                pairs = PAIRS[entity, step]
                entity = field_.type.target
                ids = [there for one in held for here, there in pairs if here == one["id"]]
                held = live([found(entity, there) for there in ids])
            case _:
                assert place == len(over.steps) - 1
                return [(one.get(step), None) for one in held]
    return [(one, one["id"]) for one in held]


def live(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get("deleted_at") is None]
