"""Expressions as SQLAlchemy code: short, and with the meaning of the language on both databases.

A condition is never NULL where it is asked to be strict: two nulls are equal, an order with null is false. A path
through references is a subquery of its own, or a join inside an aggregate. Decimals carry their scale, which matters
on SQLite, where they are whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

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
    Owner,
    Path,
    Role,
    SignedIn,
    Tenant,
    Today,
    User,
)
from backsmith.design.facts import asks_for_caller, denied_to_strangers, nullable, scale_of, scale_of_type, span_of
from backsmith.design.model import Design, Effect, Entity, Field
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.types import column_instance, column_type
from backsmith.writers.python.code import Code, Import, call, code, joined, literal, name
from backsmith.writers.python.literals import constant

TRUE, FALSE = name("sqlalchemy", "true"), name("sqlalchemy", "false")
FUNC, SELECT, EXISTS = name("sqlalchemy", "func"), name("sqlalchemy", "select"), name("sqlalchemy", "exists")
ROW = name("app.core.changes", "ROW")
ID, NOW, TODAY = (name("app.core.caller", word) for word in ("ID", "NOW", "TODAY"))
GRANTED, IS_CALLER = name("app.core.caller", "granted"), name("app.core.caller", "is_caller")

FLIPPED = {
    Comparison.EQ: Comparison.NE,
    Comparison.NE: Comparison.EQ,
}
MIRRORED = {
    Comparison.EQ: Comparison.EQ,
    Comparison.NE: Comparison.NE,
    Comparison.LT: Comparison.GT,
    Comparison.LE: Comparison.GE,
    Comparison.GT: Comparison.LT,
    Comparison.GE: Comparison.LE,
}
TIME_FUNCTIONS: dict[tuple[type[types.Type], Operator, type[types.Type]], str] = {
    (types.DateTime, Operator.ADD, types.Duration): "moment_plus",
    (types.DateTime, Operator.SUB, types.Duration): "moment_minus",
    (types.DateTime, Operator.SUB, types.DateTime): "between",
    (types.Date, Operator.ADD, types.Duration): "day_plus",
    (types.Date, Operator.SUB, types.Duration): "day_minus",
    (types.Date, Operator.SUB, types.Date): "days_between",
    (types.Duration, Operator.DIV, types.Int): "span_divided",
    (types.Duration, Operator.DIV, types.BigInt): "span_divided",
}


class Root:
    """The row that an expression is about: a variable that holds its table or an alias of it."""

    def __init__(self, entity: Entity, variable: str | None = None) -> None:
        self.entity, self.variable = entity, variable or names.variable(entity)

    def attribute(self, field: Field) -> Code:
        """A stored field of the row."""
        return Code(f"{self.variable}.{names.column(field)}")

    @property
    def key(self) -> Code:
        """Its id."""
        return Code(f"{self.variable}.id")


class Columns(Root):
    """A row inside the definition of its own table, where it has no class yet."""

    def attribute(self, field: Field) -> Code:
        return code('{}("{}", {})', name("sqlalchemy", "column"), names.column(field), column_type(field.type))


@dataclass(slots=True, kw_only=True)
class Query:
    """A subquery in the making."""

    start: Code | None = None
    """The alias that it selects from."""
    joins: list[Code] = field(default_factory=list)
    conditions: list[Code] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """The aliases that it selects from or joins."""
    used: set[str] = field(default_factory=set)
    rows: dict[tuple[str, str], "Row"] = field(default_factory=dict)

    @property
    def outer(self) -> set[str]:
        return self.used - self.own


@dataclass(slots=True, kw_only=True)
class Row:
    """A row that a path leads to. Only its key is known until one of its fields is asked for."""

    entity: Entity
    key: Code
    uses: frozenset[str]
    """The variables in the key."""
    optional: bool
    query: Query
    step: str
    variable: str | None = None


class Compiler:
    """Compiles the expressions of one function. `lines` holds the aliases that they need, to stand in front of them."""

    def __init__(self, design: Design, root: Root, computed: str | None = None, *, alone: bool = False) -> None:
        """
        computed: the module of computed fields that this is written into, if it is one.
        alone: whether the statement stands in no other, so that tables need no aliases.
        """
        self.design, self.root, self.computed, self.alone = design, root, computed, alone
        self.lines: list[Code] = []
        self.models: frozenset[Import] = frozenset()
        self._names = {root.variable, *names.RESERVED}
        self._queries: list[Query] = []
        self._row: Row | Root = root

    # Conditions

    def condition(self, expr: Expr, *, strict: bool = True) -> Code:
        """The expression as a condition. Unless `strict`, NULL may stand for false."""
        match expr:
            case Anyone():
                return call(TRUE)
            case SignedIn():
                return call(GRANTED, "roles", '"signed_in"')
            case Role():
                return call(GRANTED, "roles", literal(expr.name))
            case Literal():
                return call(TRUE if expr.value else FALSE)
            case And():
                return self._combined("and_", expr.operands, strict)
            case Or():
                return self._combined("or_", expr.operands, strict)
            case Not():
                return self._negated(expr.operand, strict)
            case Compare():
                return self._compared(expr, strict)
            case In():
                return self._contained(expr, strict)
            case Aggregate(function=Aggregation.ANY | Aggregation.ALL):
                return self._quantified(expr)
            case Owner():
                raise AssertionError("the owner pass has spelled it out")
            case _:
                return code("{}.is_(True)", self._operand(expr))

    def _combined(self, function: str, operands: tuple[Expr, ...], strict: bool) -> Code:
        if function == "and_" and any(denied_to_strangers(o) for o in operands if not isinstance(o, SignedIn)):
            operands = tuple(operand for operand in operands if not isinstance(operand, SignedIn))
        roles = [operand.name for operand in operands if isinstance(operand, Role)] if function == "or_" else []
        parts = [call(GRANTED, "roles", *map(literal, roles))] if roles else []
        parts += [
            self.condition(operand, strict=strict) for operand in operands if not (roles and isinstance(operand, Role))
        ]
        return parts[0] if len(parts) == 1 else call(name("sqlalchemy", function), *parts)

    def _negated(self, expr: Expr, strict: bool) -> Code:
        match expr:
            case Not():
                return self.condition(expr.operand, strict=strict)
            case Compare(operator=Comparison.EQ | Comparison.NE) if not asks_for_caller(expr):
                flipped = Compare(operator=FLIPPED[expr.operator], left=expr.left, right=expr.right)
                return self.condition(flipped, strict=strict)
            case Literal():
                return call(FALSE if expr.value else TRUE)
            case _:
                return call(name("sqlalchemy", "not_"), self.condition(expr, strict=True))

    def _compared(self, expr: Compare, strict: bool) -> Code:
        left, right, operator = expr.left, expr.right, expr.operator
        if isinstance(left, Literal | User | Tenant) and not isinstance(right, Literal):
            left, right, operator = right, left, MIRRORED[operator]
        if isinstance(right, User) and not right.steps and operator is Comparison.EQ:
            return call(IS_CALLER, "roles", self._operand(left))
        compared = self._null_safe(left, operator, right, strict)
        return self._for_accounts(compared) if asks_for_caller(expr) else compared

    def _null_safe(self, left: Expr, operator: Comparison, right: Expr, strict: bool) -> Code:
        equality = operator in (Comparison.EQ, Comparison.NE)
        if isinstance(right, Literal) and right.value is None:
            if not equality:
                return call(FALSE)
            return code("{}.{}(None)", self._operand(left), "is_" if operator is Comparison.EQ else "is_not")
        if isinstance(right.type, types.Bool) and equality:
            return self._compared_truth(left, operator, right)
        left_code, right_code = self._beside(left, right)
        plain = code("{} {} {}", left_code, operator, right_code)
        nulls = [nullable(left) and not isinstance(right, Tenant), nullable(right) and not isinstance(right, Tenant)]
        if not any(nulls):
            return plain
        told = (isinstance(left, Path) and isinstance(right, Path)) or not isinstance(self.root, Columns)
        if not told and (operator is Comparison.NE or (operator is Comparison.EQ and all(nulls))):
            return self._told_apart(left_code, operator, right_code, both=all(nulls))
        if operator is Comparison.NE:
            return code("{}.is_distinct_from({})", left_code, right_code)
        if operator is Comparison.EQ and all(nulls):
            return code("{}.is_not_distinct_from({})", left_code, right_code)
        if not strict:
            return plain
        if nulls == [True, False] and isinstance(left, Path) and len(left.steps) == 1:
            return call(name("sqlalchemy", "and_"), code("{}.is_not(None)", left_code), plain)
        return call(code("{}.coalesce", FUNC), plain, call(FALSE))

    def _told_apart(self, left: Code, operator: Comparison, right: Code, *, both: bool) -> Code:
        """Whether two values differ, in the definition of a table: there are no parameters there, and SQLAlchemy makes
        constants beside SQLite's `IS NOT` parameters everywhere."""
        nulls = call(name("sqlalchemy", "and_"), code("{}.is_(None)", left), code("{}.is_(None)", right))
        same = call(code("{}.coalesce", FUNC), code("{} == {}", left, right), nulls if both else call(FALSE))
        return same if operator is Comparison.EQ else call(name("sqlalchemy", "not_"), same)

    def _compared_truth(self, left: Expr, operator: Comparison, right: Expr) -> Code:
        if isinstance(right, Literal) and not nullable(left):
            holds = (operator is Comparison.EQ) == bool(right.value)
            return self.condition(left) if holds else self._negated(left, True)
        test = "is_not_distinct_from" if operator is Comparison.EQ else "is_distinct_from"
        return code("{}.{}({})", self._operand(left), test, self.value(right))

    def _for_accounts(self, condition: Code) -> Code:
        """For a stranger, what is asked of `user` is false."""
        return call(name("sqlalchemy", "and_"), call(GRANTED, "roles", '"signed_in"'), condition)

    def _contained(self, expr: In, strict: bool) -> Code:
        if isinstance(expr.right, tuple):
            contained = self._among(expr.left, expr.right, strict)
        else:
            contained = self._in_collection(expr.left, expr.right)
        return self._for_accounts(contained) if asks_for_caller(expr.left) else contained

    def _among(self, left: Expr, items: tuple[Literal, ...], strict: bool) -> Code:
        present = [item for item in items if item.value is not None]
        left_code, items_code = self._beside_constants(left, present)
        among = code("{}.in_(({},))", left_code, joined(", ", items_code))
        if len(present) < len(items):
            alone = code("{}.is_(None)", left_code)
            among = call(name("sqlalchemy", "or_"), alone, among) if present else alone
        if nullable(left) and strict:
            return call(code("{}.coalesce", FUNC), among, call(FALSE))
        return among

    def _in_collection(self, left: Expr, over: Collection) -> Code:
        if isinstance(over.type, types.Values):
            return self._in_values(left, over, over.type)
        sought = self.value(left)
        scale = scale_of(left)
        query = self._opened()
        value, may_be_null, type_ = self._last(over, query)
        if scale is not None and (other := scale_of_type(type_)) is not None and other != scale:
            value, sought = widened(value, other, max(scale, other)), widened(sought, scale, max(scale, other))
        both = may_be_null and nullable(left) and not isinstance(left, User)
        test = code("{}.is_not_distinct_from({})", value, sought) if both else code("{} == {}", value, sought)
        return self._exists(query, test)

    def _in_values(self, left: Expr, over: Collection, type_: types.Values) -> Code:
        """Whether a list inside a row, or inside one of many rows, has the value in it."""
        sought = self.value(left)
        if isinstance(left, Literal):
            sought = call(name("sqlalchemy", "literal"), constant(left.value), column_type(type_.item))
        holds = name("app.core.sql", "holds")
        query = self._opened()
        row: Row | Root = self._row
        for step in over.steps[:-1]:
            row = self._step(row, step, query)
        if isinstance(row, Row) and query.start is not None:
            self._held(row, query)
        held = call(holds, self._attribute(row, over.steps[-1]), sought)
        if query.start is None:
            self._closed(query)
            found = held
        else:
            found = self._exists(query, held)
        loose = query.start is None and (nullable(over) or nullable(left))
        return call(code("{}.coalesce", FUNC), found, call(FALSE)) if loose else found

    def _quantified(self, expr: Aggregate) -> Code:
        query = self._opened()
        before, self._row = self._row, self._end(expr.over, query)
        every = expr.function is Aggregation.ALL
        guarded = not every and expr.operand is not None and asks_for_caller(expr.operand)
        if expr.operand is None:
            tests = []
        elif every:
            tests = [self._negated(expr.operand, False)]
        else:
            tests = [self.condition(expr.operand, strict=False)]
        self._row = before
        found = self._exists(query, *tests)
        if guarded and denied_to_strangers(expr.operand):
            return self._for_accounts(found)
        return call(name("sqlalchemy", "not_"), found) if every else found

    # Values

    def value(self, expr: Expr) -> Code:
        """The expression as a value, NULL where it has none."""
        match expr:
            case Literal():
                return self._typed(expr)
            case Path():
                return self._path(self._row, expr.steps)
            case User():
                return self._caller(expr)
            case Tenant():
                return name("app.core.caller", "TENANT")
            case Now():
                return NOW
            case Today():
                return TODAY
            case Input():
                return call(name("app.core.effects", "given"), literal(expr.name), column_instance(expr.type))
            case Arithmetic():
                return self._arithmetic(expr)
            case Negative():
                return code("-{}", self._operand(expr.operand))
            case Call():
                return self._called(expr)
            case Aggregate(function=Aggregation.ANY | Aggregation.ALL):
                return self.condition(expr)
            case Aggregate():
                return self._aggregated(expr)
            case _:
                return self.condition(expr)

    def result(self, expr: Expr, type_: types.Type) -> Code:
        """The expression as a value of this type, which answers can show: decimals rounded to its scale."""
        if isinstance(type_, types.Bool):
            return self.condition(expr)
        value = self.value(expr)
        scale = scale_of(expr)
        if isinstance(type_, types.Decimal) and scale not in (None, type_.scale):
            return call(name("app.core.arithmetic", "rounded"), value, str(scale), column_type(type_))
        if isinstance(type_, types.Float) and isinstance(expr.type, types.Decimal):
            return call(name("app.core.arithmetic", "floating"), value, str(scale))
        if isinstance(type_, types.Ref):
            return value
        return call(name("sqlalchemy", "type_coerce"), value, column_type(type_))

    def _operand(self, expr: Expr) -> Code:
        """A value that a method or operator can follow."""
        value = self.value(expr)
        return value if atomic(value.text) else code("({})", value)

    def _typed(self, expr: Literal) -> Code:
        """A constant that stands by itself."""
        if expr.value is None:
            return call(name("sqlalchemy", "null"))
        if isinstance(expr.value, bool):
            return call(TRUE if expr.value else FALSE)
        if isinstance(expr.value, str):
            return call(name("sqlalchemy", "literal"), constant(expr.value), name("sqlalchemy", "String"))
        kind = types.BigInt() if isinstance(expr.value, int) and abs(expr.value) >= 2**31 else expr.type
        return call(name("sqlalchemy", "literal"), constant(expr.value), column_type(kind))

    def _constant(self, expr: Literal) -> Code:
        """A constant beside a column, which lends it its type."""
        if isinstance(expr.value, str) or type(expr.value) is int:
            return constant(expr.value)
        return self._typed(expr)

    def _caller(self, expr: User) -> Code:
        if not expr.steps:
            return ID
        account = self.design.entity("User")
        query = self._opened()
        row = Row(entity=account, key=ID, uses=frozenset(), optional=True, query=query, step="account")
        return self._walked(row, expr.steps, query)

    def _beside(self, left: Expr, right: Expr) -> tuple[Code, Code]:
        """Both operands at one scale; a constant takes the type of the column beside it."""
        scales = scale_of(left), scale_of(right)
        if isinstance(right, Literal) and right.value is not None:
            left_code, items = self._beside_constants(left, [right])
            return left_code, items[0]
        if None in scales or scales[0] == scales[1]:
            return self._operand(left), self._operand(right)
        scale = max(s for s in scales if s is not None)
        return self._at(left, scale), self._at(right, scale)

    def _beside_constants(self, left: Expr, right: Sequence[Literal]) -> tuple[Code, list[Code]]:
        here, there = scale_of(left), [scale for item in right if (scale := scale_of(item)) is not None]
        if here is None or len(there) < len(right):
            return self._operand(left), [self._constant(item) for item in right]
        scale = max(here, *there)
        if isinstance(left, Path) and len(left.steps) == 1 and here == scale:
            values = [item.value if here == 0 else Decimal(str(item.value)) for item in right]
            return self._operand(left), [constant(value) for value in values]
        return self._at(left, scale), [self._at(item, scale) for item in right]

    def _at(self, expr: Expr, scale: int) -> Code:
        """The value at this scale."""
        here = scale_of(expr)
        if isinstance(expr, Literal) and not isinstance(expr.value, bool) and expr.value is not None:
            if scale == 0:
                kind = "Integer" if abs(int(str(expr.value))) < 2**31 else "BigInteger"
                return call(name("sqlalchemy", "literal"), constant(expr.value), name("sqlalchemy", kind))
            value = Decimal(str(expr.value)).quantize(Decimal(1).scaleb(-scale))
            digits = max(len(value.as_tuple().digits), scale)
            type_ = types.Decimal(precision=digits, scale=scale)
            return call(name("sqlalchemy", "literal"), constant(value), column_type(type_))
        if here is None or here == scale:
            return self._operand(expr)
        return widened(self.value(expr), here, scale)

    def _arithmetic(self, expr: Arithmetic) -> Code:
        if isinstance(expr.type, types.Float):
            return self._floating(expr)
        if isinstance(expr.type, types.Text):
            return code("{} + {}", self._operand(expr.left), self._operand(expr.right))
        if not isinstance(expr.type, types.Decimal | types.Int | types.BigInt):
            return self._of_time(expr)
        scale = scale_of_type(expr.type) or 0
        left, right = (scale_of(expr.left) or 0), (scale_of(expr.right) or 0)
        match expr.operator:
            case Operator.ADD | Operator.SUB:
                first, second = self._at(expr.left, scale), self._at(expr.right, scale)
                return code("{} {} {}", self._wide(expr, first), expr.operator, second)
            case Operator.MUL:
                first, second = self._at(expr.left, left), self._at(expr.right, right)
                product = code("{} * {}", self._wide(expr, first), second)
                if left + right == scale:
                    return product
                return call(name("app.core.arithmetic", "rounded"), product, str(left + right), column_type(expr.type))
            case Operator.DIV:
                sides = self._at(expr.left, left), self._at(expr.right, right)
                return call(
                    name("app.core.arithmetic", "divided"), sides[0], str(left), sides[1], str(right), str(scale)
                )

    def _wide(self, expr: Arithmetic, first: Code) -> Code:
        """The first operand with room for the result, where both are whole numbers of 32 bits."""
        if isinstance(expr.left.type, types.Int) and isinstance(expr.right.type, types.Int):
            return call(name("sqlalchemy", "cast"), first, name("sqlalchemy", "BigInteger"))
        return first

    def _floating(self, expr: Arithmetic) -> Code:
        left, right = self._as_float(expr.left), self._as_float(expr.right)
        if expr.operator is Operator.DIV and not isinstance(expr.right, Literal):
            right = call(code("{}.nullif", FUNC), right, "0")
        return code("{} {} {}", left, expr.operator, right)

    def _as_float(self, expr: Expr) -> Code:
        """A number beside a float: databases calculate with whole numbers and floats as they are."""
        if isinstance(expr, Literal) and expr.value is not None:
            return call(name("sqlalchemy", "literal"), constant(float(str(expr.value))), column_type(types.Float()))
        return self._operand(expr)

    def _of_time(self, expr: Arithmetic) -> Code:
        left, right, operator = expr.left, expr.right, expr.operator
        if isinstance(left.type, types.Duration) and isinstance(right.type, types.DateTime | types.Date):
            left, right = right, left
        constant_span = span_of(right)
        if isinstance(left.type, types.DateTime) and constant_span is not None:
            return code("{} {} {}", self._operand(left), operator, constant(constant_span))
        function = TIME_FUNCTIONS.get((type(left.type), operator, type(right.type)))
        if function is not None:
            return call(name("app.core.arithmetic", function), self.value(left), self.value(right))
        plain = code("{} {} {}", self._operand(left), operator, self._operand(right))
        return call(name("sqlalchemy", "type_coerce"), plain, column_type(expr.type))

    def _called(self, expr: Call) -> Code:
        match expr.function:
            case Function.COALESCE:
                return self._coalesced(expr)
            case Function.DAYS | Function.HOURS | Function.MINUTES:
                span = span_of(expr)
                if span is not None:
                    return call(name("sqlalchemy", "literal"), constant(span), column_type(types.Duration()))
                unit = constant(timedelta(**{expr.function.value: 1}))
                return call(name("app.core.arithmetic", "times"), self.value(expr.arguments[0]), unit)
            case Function.LOWER | Function.UPPER:
                return call(name("app.core.arithmetic", expr.function.value), self.value(expr.arguments[0]))
            case Function.LENGTH:
                return call(code("{}.length", FUNC), self.value(expr.arguments[0]))

    def _coalesced(self, expr: Call) -> Code:
        scale = scale_of_type(expr.type)
        values = [self.value(part) if scale is None else self._at(part, scale) for part in expr.arguments]
        if isinstance(expr.type, types.Float):
            values = [self._as_float(part) for part in expr.arguments]
        return call(code("{}.coalesce", FUNC), *values)

    # Effects

    def amounts(self, effect: Effect) -> Code:
        """The ids of the rows that an effect changes, each once, and the value for each."""
        query = self._opened()
        start = Row(
            entity=self.root.entity, key=ROW, uses=frozenset(), optional=False, query=query, step=self.root.variable
        )
        self._row = start
        if effect.over is not None:
            self._row = self._end(effect.over, query)
        else:
            self._variable(start)
        key, value = self._target(effect, query), self._amount(effect)
        self._row = self.root
        selected = self._selected(query, code("{}, {}", key, value))
        if effect.over is None:
            return selected
        if effect.operator == "=":
            return code("{}.distinct()", selected)
        return code("{}.group_by({})", selected, key)

    def _target(self, effect: Effect, query: Query) -> Code:
        row = self._row
        for step in effect.target.steps[:-1]:
            row = self._step(row, step, query)
        assert isinstance(row, Row)
        self._use(row.uses)
        return Code(f"{row.variable}.id") if row.variable else row.key

    def _amount(self, effect: Effect) -> Code:
        summed = effect.over is not None and effect.operator != "="
        value, scale = self.value(effect.value), scale_of(effect.value)
        if summed:
            value = call(code("{}.sum", FUNC), value)
        if effect.operator != "=" and nullable(effect.value):
            value = call(code("{}.coalesce", FUNC), value, "0")
        type_ = effect.target.type
        if isinstance(type_, types.Decimal) and scale not in (None, type_.scale):
            return call(name("app.core.arithmetic", "rounded"), value, str(scale), column_type(type_))
        return value

    # Paths and aggregates

    def _path(self, start: Row | Root, steps: tuple[str, ...]) -> Code:
        if len(steps) == 1 and isinstance(start, Root):
            return self._attribute(start, steps[0])
        if isinstance(start, Row):
            return self._walk(start, steps, start.query)
        return self._walked(start, steps, self._opened())

    def _walked(self, start: Row | Root, steps: tuple[str, ...], query: Query) -> Code:
        """The value at the end of a path in a query of its own, which is closed."""
        value = self._walk(start, steps, query)
        if query.start is None:
            self._closed(query)
            return value
        return code("{}.scalar_subquery()", self._selected(query, value))

    def _walk(self, start: Row | Root, steps: tuple[str, ...], query: Query) -> Code:
        row = start
        for step in steps[:-1]:
            row = self._step(row, step, query)
        if steps[-1] == "id" and isinstance(row, Row):
            self._use(row.uses)
            return row.key
        return self._attribute(row, steps[-1])

    def _attribute(self, row: Row | Root, field_name: str) -> Code:
        field_ = row.entity.field(field_name)
        if field_.computed is not None:
            return self._computed_field(row, field_)
        if isinstance(row, Root):
            self._use({row.variable})
            return row.attribute(field_)
        return Code(f"{self._variable(row)}.{names.column(field_)}")

    def _computed_field(self, row: Row | Root, field_: Field) -> Code:
        if isinstance(row, Root):
            self._use({row.variable})
            variable = row.variable
        else:
            variable = self._variable(row)
        module = names.module(row.entity)
        if module == self.computed:
            return Code(f"{field_.name}({variable})")
        alias = f"computed_{module}"
        return Code(f"{alias}.{field_.name}({variable})", import_as("app.computed", module, alias))

    def _step(self, row: Row | Root, step: str, query: Query) -> Row:
        """The row that a step leads to; one of many, where it leads to many."""
        field_ = row.entity.field(step)
        match field_.type:
            case types.Ref():
                target = self.design.entity(field_.type.target)
                key = self._attribute(row, step)
                found = query.rows.get((key.text, target.name))
                if found is None:
                    optional = field_.optional or (isinstance(row, Row) and row.optional)
                    uses = frozenset({key.text.partition(".")[0]})
                    found = Row(entity=target, key=key, uses=uses, optional=optional, query=query, step=step)
                    query.rows[key.text, target.name] = found
                return found
            case types.Parts() | types.Inverse():
                return self._step_back(row, field_.type, query)
            case types.Many():
                return self._step_across(row, field_, query)
            case _:
                raise AssertionError(f"{row.entity.name}.{step} leads nowhere")

    def _step_back(self, row: Row | Root, type_: types.Parts | types.Inverse, query: Query) -> Row:
        target = self.design.entity(type_.target)
        key = self._key(row)
        variable = self._aliased(names.model(target), names.variable(target), query)
        by = names.column(target.field(type_.by))
        self._from(query, variable, code("{}.{} == {}", variable, by, key), optional=False)
        found = Row(
            entity=target,
            key=Code(f"{variable}.id"),
            uses=frozenset({variable}),
            optional=False,
            query=query,
            step=type_.by,
            variable=variable,
        )
        self._live(found, query)
        return found

    def _step_across(self, row: Row | Root, field_: Field, query: Query) -> Row:
        assert isinstance(field_.type, types.Many)
        target = self.design.entity(field_.type.target)
        here, there = names.pair_columns(row.entity, field_)
        key = self._key(row)
        variable = self._paired(names.pairs(row.entity, field_), query)
        self._from(query, variable, code("{}.c.{} == {}", variable, here, key), optional=False)
        found = Row(
            entity=target,
            key=Code(f"{variable}.c.{there}"),
            uses=frozenset({variable}),
            optional=False,
            query=query,
            step=field_.name,
        )
        self._live(found, query)
        return found

    def _paired(self, table: Code, query: Query) -> str:
        if self.alone and table.text not in self._names:
            return self._plain(table, query)
        variable = self._named(f"{table}_")
        self.lines.append(code("{} = {}.alias()", variable, table))
        query.own.add(variable)
        return variable

    def _live(self, row: Row, query: Query) -> None:
        """Nobody meets deleted rows in a collection. Parts follow their whole."""
        if row.entity.trash is not None and row.entity.whole is None:
            before, self._row = self._row, row
            query.conditions.append(self._negated(row.entity.trash, False))
            self._row = before

    def _key(self, row: Row | Root) -> Code:
        if isinstance(row, Root):
            self._use({row.variable})
        else:
            self._use(row.uses)
        return row.key

    def _variable(self, row: Row) -> str:
        """The alias that holds the row, which joins the query when it is first asked for."""
        if row.variable is None:
            row.variable = self._aliased(names.model(row.entity), row.step, row.query)
            self._use(row.uses)
            self._from(row.query, row.variable, code("{}.id == {}", row.variable, row.key), optional=row.optional)
        self._use({row.variable})
        return row.variable

    def _from(self, query: Query, variable: str, on: Code, *, optional: bool) -> None:
        query.used.add(variable)
        if query.start is None:
            query.start = Code(variable)
            query.conditions.append(on)
        else:
            query.joins.append(code("{}({}, {})", "outerjoin" if optional else "join", variable, on))

    def _aliased(self, model: Code, wanted: str, query: Query) -> str:
        if self.alone and model.text not in self._names:
            return self._plain(model, query)
        variable = self._named(wanted)
        self.lines.append(code("{} = {}({})", variable, name("sqlalchemy.orm", "aliased"), model))
        query.own.add(variable)
        return variable

    def _plain(self, model: Code, query: Query) -> str:
        """The table itself, where it stands only once."""
        self._names.add(model.text)
        self.models |= model.imports
        query.own.add(model.text)
        return model.text

    def _named(self, wanted: str) -> str:
        found = next(name for name in candidates(wanted) if name not in self._names)
        self._names.add(found)
        return found

    def _opened(self) -> Query:
        query = Query()
        self._queries.append(query)
        return query

    def _closed(self, query: Query) -> None:
        assert self._queries.pop() is query
        if self._queries:
            self._queries[-1].used |= query.outer

    def _use(self, variables: set[str] | frozenset[str]) -> None:
        if self._queries:
            self._queries[-1].used |= variables

    def _end(self, over: Collection, query: Query) -> Row:
        """The rows that a collection holds."""
        row: Row | Root = self._row
        for step in over.steps:
            row = self._step(row, step, query)
        assert isinstance(row, Row)
        self._held(row, query)
        return row

    def _held(self, row: Row, query: Query) -> None:
        """A collection holds rows only, not what is missing where a reference is optional."""
        if row.optional:
            self._use(row.uses)
            query.conditions.append(code("{}.is_not(None)", row.key))

    def _last(self, over: Collection, query: Query) -> tuple[Code, bool, types.Type]:
        """The values that a collection holds: keys of rows, or a field of each."""
        if over.at is not None:
            row = self._end(over, query)
            self._use(row.uses)
            return row.key, False, over.type
        row_: Row | Root = self._row
        for step in over.steps[:-1]:
            row_ = self._step(row_, step, query)
        if isinstance(row_, Row):
            self._held(row_, query)
        field_ = row_.entity.field(over.steps[-1])
        return self._attribute(row_, over.steps[-1]), field_.optional, field_.type

    def _aggregated(self, expr: Aggregate) -> Code:
        query = self._opened()
        before, self._row = self._row, self._end(expr.over, query)
        value = self._aggregate(expr, self._row)
        self._row = before
        return code("{}.scalar_subquery()", self._selected(query, value))

    def _aggregate(self, expr: Aggregate, row: Row) -> Code:
        function, operand = expr.function, expr.operand
        if function is Aggregation.COUNT:
            if operand is None:
                return call(code("{}.count", FUNC))
            if isinstance(operand.type, types.Bool):
                row.query.conditions.append(self.condition(operand, strict=False))
                return call(code("{}.count", FUNC))
            return call(code("{}.count", FUNC), self.value(operand))
        assert operand is not None
        value = self.value(operand)
        match function:
            case Aggregation.SUM:
                return self._summed(value, expr.type)
            case Aggregation.AVG if isinstance(expr.type, types.Duration):
                total, many = call(code("{}.sum", FUNC), value), call(code("{}.count", FUNC), value)
                return call(name("app.core.arithmetic", "span_divided"), total, many)
            case Aggregation.AVG if not isinstance(expr.type, types.Float):
                total, many = call(code("{}.sum", FUNC), value), call(code("{}.count", FUNC), value)
                scale = scale_of_type(expr.type) or 0
                return call(
                    name("app.core.arithmetic", "divided"), total, str(scale_of(operand) or 0), many, "0", str(scale)
                )
            case _:
                return call(code("{}.{}", FUNC, function.value), value)

    def _summed(self, value: Code, type_: types.Type) -> Code:
        total = call(code("{}.sum", FUNC), value)
        if isinstance(type_, types.Duration):
            nothing = call(name("sqlalchemy", "literal"), constant(timedelta()), column_type(type_))
            return call(code("{}.coalesce", FUNC), total, nothing)
        if isinstance(type_, types.BigInt | types.Int):
            total = call(name("sqlalchemy", "cast"), total, name("sqlalchemy", "BigInteger"))
        return call(code("{}.coalesce", FUNC), total, "0")

    def _selected(self, query: Query, value: Code) -> Code:
        assert query.start is not None
        self._closed(query)
        parts = [call(SELECT, value)]
        if query.joins or f"{query.start}." not in value.text:
            parts.append(Code(f"select_from({query.start})"))
        return self._finished(query, parts)

    def _exists(self, query: Query, *tests: Code) -> Code:
        query.conditions += tests
        self._closed(query)
        assert query.start is not None
        if query.joins:
            return code("{}.exists()", self._finished(query, [call(SELECT, query.start)]))
        return self._finished(query, [call(EXISTS)])

    def _finished(self, query: Query, parts: list[Code]) -> Code:
        parts += query.joins
        parts.append(code("where({})", joined(", ", (test for test in query.conditions if test.text != "true()"))))
        enclosing = self._queries[-1].own if self._queries else query.outer
        if query.outer - enclosing:
            parts.append(Code(f"correlate({', '.join(sorted(query.outer))})"))
        return joined(".", parts)


def atomic(text: str) -> bool:
    """Whether the code is one name, call or constant, which needs no parentheses."""
    depth, quote = 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[place - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character in " -" and not depth:
            return False
    return True


def candidates(wanted: str) -> Iterator[str]:
    """Names for a variable: the wanted one, then others like it."""
    yield wanted
    number = 2
    while True:
        yield f"{wanted.rstrip('_')}_{number}"
        number += 1


def import_as(module: str, imported: str, alias: str) -> frozenset[Import]:
    """One import under another name."""
    return frozenset({Import(module, imported, alias)})


def widened(value: Code, scale: int, wanted: int) -> Code:
    """The value at a larger scale."""
    return value if scale == wanted else call(name("app.core.arithmetic", "widen"), value, str(scale), str(wanted))
