"""Expressions as Django's ORM says them: short, and with the meaning of the language on both databases.

SQL takes what is NULL for false where it stands alone, and for NULL where it is negated. So a condition is compiled for
its place: in an even number of negations NULL may stand for false; in an odd number, and where the outcome itself is
kept (`strict`), it may not. Django's own care for `~Q(...)` is relied on for columns of the row itself alone: that is
decided by the column, while with a join it depends on what else the query asks of it.

A path through references is a join. What leads to many rows is a subquery of its own, whose expressions are about its
own rows. Decimals carry their scale, which matters on SQLite, where they are whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
from backsmith.design.fields import initial
from backsmith.design.model import Design, Effect, Entity, Field, Ids
from backsmith.writers.django import names
from backsmith.writers.django.types import output_field
from backsmith.writers.python.code import Code, call, code, joined, name, quoted
from backsmith.writers.python.literals import constant

Q, F, VALUE, OUTER = (name("django.db.models", word) for word in ("Q", "F", "Value", "OuterRef"))
EXISTS, SUBQUERY, WRAPPER = (name("django.db.models", word) for word in ("Exists", "Subquery", "ExpressionWrapper"))
EVERY, NONE, GRANTED, IS_CALLER = (name("apps.core.caller", word) for word in ("EVERY", "NONE", "granted", "is_caller"))
NOW = call(name("apps.core.clock", "now"))

SIGNED_IN = call(GRANTED, "caller", '"signed_in"')

LOOKUPS = {
    Comparison.EQ: ("", "Exact"),
    Comparison.LT: ("__lt", "LessThan"),
    Comparison.LE: ("__lte", "LessThanOrEqual"),
    Comparison.GT: ("__gt", "GreaterThan"),
    Comparison.GE: ("__gte", "GreaterThanOrEqual"),
}
"""How Django says a comparison: behind the name of a field, and as a class."""
MIRRORED = {
    Comparison.EQ: Comparison.EQ,
    Comparison.NE: Comparison.NE,
    Comparison.LT: Comparison.GT,
    Comparison.LE: Comparison.GE,
    Comparison.GT: Comparison.LT,
    Comparison.GE: Comparison.LE,
}
TIME_FUNCTIONS: dict[tuple[type[types.Type], Operator, type[types.Type]], str] = {
    (types.DateTime, Operator.ADD, types.Duration): "MomentPlus",
    (types.DateTime, Operator.SUB, types.Duration): "MomentMinus",
    (types.Date, Operator.ADD, types.Duration): "DayPlus",
    (types.Date, Operator.SUB, types.Duration): "DayMinus",
    (types.Duration, Operator.MUL, types.Int): "Times",
    (types.Duration, Operator.MUL, types.BigInt): "Times",
    (types.Duration, Operator.DIV, types.Int): "SpanDivided",
    (types.Duration, Operator.DIV, types.BigInt): "SpanDivided",
}


def calculated(function: str) -> Code:
    """A function of `apps.core.arithmetic`."""
    return name("apps.core.arithmetic", function)


def worked_out(function: str) -> Code:
    """A function or a class of `apps.core.sql`. Fields and moves may have the names of its functions."""
    if function[0].isupper():
        return name("apps.core.sql", function)
    return code("{}.{}", name("apps.core", "sql"), function)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """Where a condition stands."""

    strict: bool = False
    """Whether the outcome is kept, so that it may not be NULL."""
    negated: bool = False
    """Whether it stands in an odd number of negations."""

    @property
    def certain(self) -> bool:
        return self.strict or self.negated

    @property
    def inverse(self) -> "Mode":
        return replace(self, negated=not self.negated)


LOOSE = Mode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition: code that can be combined with others by `&`, `|` and `~`."""

    code: Code
    loose: str = ""
    """The operator that holds it together, if it is no single call."""
    lookups: tuple[tuple[str, Code], ...] | None = None
    """What stands inside, where it is a Q of plain lookups."""
    operands: "tuple[Condition, ...]" = ()
    """What it holds together by `&`."""

    @property
    def inner(self) -> Code:
        """The condition where an operator follows."""
        return code("({})", self.code) if self.loose else self.code


def lookups(*given: tuple[str, Code]) -> Condition:
    """`Q(status="draft", stock__gte=0)`."""
    return Condition(code=call(Q, *(code("{}={}", key, value) for key, value in given)), lookups=given)


def lookup(key: str, value: Code | str) -> Condition:
    """`Q(status="draft")`."""
    return lookups((key, value if isinstance(value, Code) else Code(value)))


def plain(condition: Code) -> Condition:
    """A single call."""
    return Condition(code=condition)


def asked(expression: Code) -> Condition:
    """An expression that is true or false, as a Q."""
    return plain(call(Q, expression))


def negation(condition: Condition) -> Condition:
    """`~...`"""
    return Condition(code=code("~{}", condition.inner))


def both(conditions: list[Condition]) -> Condition:
    """All of them; plain lookups stand in one Q. Who has a role is signed in."""
    each_once = {part.code.text: part for each in conditions for part in (each.operands or (each,))}
    if any(text.startswith(GRANTED.text) and text != SIGNED_IN.text for text in each_once):
        each_once.pop(SIGNED_IN.text, None)
    kept: list[Condition] = []
    for each in each_once.values():
        last = kept[-1] if kept else None
        keys = {key for key, _ in (last.lookups or ())} if last is not None else set()
        if last is not None and last.lookups and each.lookups and keys.isdisjoint(key for key, _ in each.lookups):
            kept[-1] = lookups(*last.lookups, *each.lookups)
        else:
            kept.append(each)
    return kept[0] if len(kept) == 1 else replace(_in_a_row(kept, "&"), operands=tuple(kept))


def _in_a_row(conditions: list[Condition], operator: str) -> Condition:
    parts = (each.code if each.loose == operator else _as_q(each.inner) for each in conditions)
    return Condition(code=joined(f" {operator} ", parts), loose=operator)


def _as_q(condition: Code) -> Code:
    """The condition as a Q, which Exists is not."""
    if condition.text.startswith(f"~{EXISTS.text}"):
        return code("~{}", call(Q, Code(condition.text[1:], condition.imports)))
    return call(Q, condition) if condition.text.startswith(EXISTS.text) else condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The rows that an expression is about: those of a model, or what `prefix` leads to from them."""

    entity: Entity
    model: Code
    prefix: str = ""
    row: str = ""
    """A variable that holds the only such row, where it is in no table yet."""

    def path(self, *steps: str) -> str:
        """A path of lookups: `category__name`. The id of a row that is referred to is the reference."""
        if steps == ("id",) and not self.prefix:
            return "id"
        whole = self.prefix + "__".join(steps)
        return whole.removesuffix("__id") if steps[-1:] == ("id",) else whole

    @property
    def key(self) -> str:
        """The path to the row's key."""
        return self.prefix.removesuffix("__") or "pk"


@dataclass(slots=True, kw_only=True)
class Rows:
    """The rows of one query on the way to many."""

    place: Place
    by: str
    """The field that names the row that the way comes from."""
    start: Code
    """The key of that row."""
    conditions: list[Condition] = field(default_factory=list)

    def selected(self, *tests: Condition) -> Code:
        """`models.OrderLine.objects.filter(order=OuterRef("pk"))`."""
        asked_for = [test for test in (*self.conditions, *tests) if test.code.text != EVERY.text]
        keys, found, others = {self.by}, [(self.by, self.start)], []
        for test in asked_for:
            is_typed = not any(value.text.startswith("caller.") for _, value in test.lookups or ())
            if test.lookups and is_typed and keys.isdisjoint(key for key, _ in test.lookups):
                keys.update(key for key, _ in test.lookups)
                found += test.lookups
            else:
                others.append(test.code)
        return call(code("{}.objects.filter", self.place.model), *others, *(code("{}={}", *each) for each in found))


class Compiler:
    """Compiles expressions about the rows of an entity, for a module of the app `within`."""

    def __init__(
        self, design: Design, entity: Entity, within: str, *, row: str = "", caller: bool = True, local: bool = False
    ) -> None:
        """
        row: the variable that holds the row, where it is in no table yet.
        caller: whether there is one. local: whether this is written into the module of computed fields.
        """
        self.design, self.within, self.caller, self.local = design, within, caller, local
        self._at = Place(entity=entity, model=names.model(design, entity, within), row=row)

    # Conditions

    def condition(self, expr: Expr, *, strict: bool = False) -> Code:
        """The expression as what `filter` takes. Unless `strict`, NULL may stand for false."""
        return self._condition(expr, Mode(strict=strict)).code

    def rule(self, expr: Expr, *, strict: bool = False) -> Code:
        """The expression as a Q."""
        found = self._condition(expr, Mode(strict=strict))
        return found.code if found.loose else _as_q(found.code)

    def combined(self, expr: Expr, *others: Code) -> Code:
        """The others, or the expression."""
        whole = [*map(plain, others), self._condition(expr, LOOSE)]
        return _in_a_row(whole, "|").code

    def _condition(self, expr: Expr, mode: Mode) -> Condition:
        match expr:
            case Anyone():
                return plain(EVERY)
            case SignedIn():
                return self._signed_in()
            case Role():
                return plain(call(GRANTED, "caller", quoted(expr.name)))
            case Literal():
                return plain(EVERY if expr.value else NONE)
            case And():
                return both(self._operands(expr.operands, mode))
            case Or():
                return self._any_of(expr.operands, mode)
            case Not():
                return self._negated(expr.operand, mode)
            case Compare():
                return self._compared(expr, mode)
            case In():
                return self._contained(expr, mode)
            case Aggregate(function=Aggregation.ANY | Aggregation.ALL):
                return self._quantified(expr)
            case Owner():
                raise AssertionError("the owner pass has spelled it out")
            case _:
                return self._true(expr, mode)

    def _signed_in(self) -> Condition:
        return plain(SIGNED_IN)

    def _operands(self, operands: tuple[Expr, ...], mode: Mode) -> list[Condition]:
        if any(denied_to_strangers(operand) for operand in operands if not isinstance(operand, SignedIn)):
            operands = tuple(operand for operand in operands if not isinstance(operand, SignedIn))
        return [self._condition(operand, mode) for operand in operands]

    def _any_of(self, operands: tuple[Expr, ...], mode: Mode) -> Condition:
        roles = [quoted(operand.name) for operand in operands if isinstance(operand, Role)]
        parts = [plain(call(GRANTED, "caller", *roles))] if roles else []
        parts += [self._condition(operand, mode) for operand in operands if not isinstance(operand, Role)]
        return parts[0] if len(parts) == 1 else _in_a_row(parts, "|")

    def _negated(self, expr: Expr, mode: Mode) -> Condition:
        match expr:
            case Not():
                return self._condition(expr.operand, mode)
            case Compare(operator=Comparison.EQ | Comparison.NE) if not asks_for_caller(expr):
                flipped = Comparison.NE if expr.operator is Comparison.EQ else Comparison.EQ
                return self._condition(replace(expr, operator=flipped), mode)
            case Literal():
                return plain(NONE if expr.value else EVERY)
            case Path() if not nullable(expr) and (path := self._lookup(expr)) is not None:
                return lookup(path, "False")
            case _:
                return negation(self._condition(expr, mode.inverse))

    def _true(self, expr: Expr, mode: Mode) -> Condition:
        """A value that is true or false."""
        path = self._lookup(expr)
        if path is not None:
            return self._looked_up(expr, path, Code("True"), mode)
        found = call(_class("Exact"), self.expression(expr), "True")
        return asked(call(worked_out("certain"), found)) if mode.certain and nullable(expr) else asked(found)

    # Comparisons

    def _compared(self, expr: Compare, mode: Mode) -> Condition:
        left, right, operator = expr.left, expr.right, expr.operator
        if self._constant(left) is not None and not isinstance(right, Literal):
            left, right, operator = right, left, MIRRORED[operator]
        path = self._lookup(left)
        cared_for = not mode.certain or not nullable(left) or self._django_cares(left, mode)
        if _is_caller(right) and operator is Comparison.EQ and path is not None and cared_for:
            return plain(call(IS_CALLER, "caller", quoted(path)))
        compared = self._null_safe(left, operator, right, mode)
        return both([self._signed_in(), compared]) if asks_for_caller(expr) else compared

    def _null_safe(self, left: Expr, operator: Comparison, right: Expr, mode: Mode) -> Condition:
        if isinstance(right, Literal) and right.value is None:
            return self._against_null(left, operator)
        if isinstance(right, Literal) and isinstance(right.value, bool) and not nullable(left):
            holds = (operator is Comparison.EQ) == right.value
            return self._condition(left, mode) if holds else self._negated(left, mode)
        path, value = self._lookup(left), self._constant(right)
        if path is not None and value is not None and self._fits(left, right):
            return self._against_constant(left, path, operator, value, mode)
        return self._against_value(left, operator, right, mode)

    def _against_null(self, left: Expr, operator: Comparison) -> Condition:
        if operator not in (Comparison.EQ, Comparison.NE):
            return plain(NONE)
        is_null = operator is Comparison.EQ
        if isinstance(left, User) and not left.steps:
            return plain(NONE if is_null else EVERY)
        path = self._lookup(left)
        if path is not None:
            return lookup(f"{path}__isnull", str(is_null))
        return asked(call(_class("IsNull"), self.expression(left), str(is_null)))

    def _against_constant(self, left: Expr, path: str, operator: Comparison, value: Code, mode: Mode) -> Condition:
        if operator is Comparison.NE:
            return negation(self._looked_up(left, path, value, replace(mode.inverse, strict=True)))
        return self._looked_up(left, path + LOOKUPS[operator][0], value, mode)

    def _looked_up(self, left: Expr, key: str, value: Code, mode: Mode) -> Condition:
        """A plain lookup; it says itself that there has to be a value, where NULL would not be false."""
        if mode.certain and nullable(left) and not self._django_cares(left, mode):
            return lookups((f"{self._lookup(left)}__isnull", Code("False")), (key, value))
        return lookup(key, value)

    def _django_cares(self, left: Expr, mode: Mode) -> bool:
        """Whether `~Q(column=...)` is true where the column is null: not with a join that may be missing."""
        if not mode.negated or not isinstance(left, Path):
            return False
        entity = self.design.entity(left.entity)
        for step in left.steps[:-1]:
            reference = entity.field(step)
            if reference.optional:
                return False
            assert isinstance(reference.type, types.Ref)
            entity = self.design.entity(reference.type.target)
        return True

    def _fits(self, left: Expr, right: Expr) -> bool:
        """Whether the column can be asked for the constant as it is."""
        if not isinstance(right, Literal) or isinstance(right.value, bool):
            return True
        if isinstance(left.type, types.Int) and isinstance(right.value, int) and abs(right.value) >= 2**31:
            return False  # Django takes such a comparison for decided, whether there is a value or not
        here, there = scale_of(left), scale_of(right)
        return here is None or there is None or there <= here

    def _against_value(self, left: Expr, operator: Comparison, right: Expr, mode: Mode) -> Condition:
        nulls = [nullable(side) and not isinstance(side, Tenant) and not _is_caller(side) for side in (left, right)]
        if operator is Comparison.NE and any(nulls):
            return asked(call(worked_out("Different"), *self._arguments(left, right)))
        if operator is Comparison.EQ and all(nulls):
            return asked(call(worked_out("Same"), *self._arguments(left, right)))
        if operator is Comparison.NE:
            return negation(self._against_value(left, Comparison.EQ, right, mode.inverse))
        suffix, class_ = LOOKUPS[operator]
        path = self._lookup(left)
        if path is not None and not (mode.certain and any(nulls)) and scale_of(left) == scale_of(right):
            return lookup(path + suffix, self._operand(right))
        if path is not None and nulls == [True, False] and scale_of(left) == scale_of(right):
            return self._looked_up(left, path + suffix, self._operand(right), mode)
        sides = self._beside(left, right)
        found = call(_class(class_), *sides)
        return asked(call(worked_out("certain"), found)) if mode.certain and any(nulls) else asked(found)

    def _beside(self, left: Expr, right: Expr) -> tuple[Code, Code]:
        """Both as expressions of one scale."""
        scale = _common_scale(left, right)
        return self._at_scale(left, scale, alone=True), self._at_scale(right, scale)

    def _arguments(self, left: Expr, right: Expr) -> tuple[Code, Code]:
        """The same, for a function, which takes a name for a field."""
        scale = _common_scale(left, right)
        return self._argument(left, scale), self._argument(right, scale)

    # What is in something

    def _contained(self, expr: In, mode: Mode) -> Condition:
        if isinstance(expr.right, tuple):
            contained = self._among(expr.left, expr.right, mode)
        elif isinstance(expr.right.type, types.Values):
            contained = self._in_values(expr.left, expr.right, mode)
        else:
            contained = self._in_collection(expr.left, expr.right)
        return both([self._signed_in(), contained]) if asks_for_caller(expr.left) else contained

    def _among(self, left: Expr, items: tuple[Literal, ...], mode: Mode) -> Condition:
        present = [item for item in items if item.value is not None]
        path = self._lookup(left)
        parts = [self._against_null(left, Comparison.EQ)] if len(present) < len(items) else []
        if present and path is not None and all(self._fits(left, item) for item in present):
            values = joined(", ", (self._known(item, left) for item in present))
            listed = code("({},)" if len(present) == 1 else "({})", values)
            parts.append(self._looked_up(left, f"{path}__in", listed, mode))
        elif present:
            scale = max((scale for side in (left, *present) if (scale := scale_of(side)) is not None), default=None)
            given = [self._argument(left, scale), *(self._argument(item, scale) for item in present)]
            found = call(worked_out("Among"), *given)
            unsure = mode.certain and nullable(left)
            parts.append(asked(call(worked_out("certain"), found) if unsure else found))
        return parts[0] if len(parts) == 1 else _in_a_row(parts, "|")

    def _in_values(self, left: Expr, over: Collection, mode: Mode) -> Condition:
        """Whether a list inside a row, or inside one of many rows, has the value in it."""
        ways = self._ways(over.steps[:-1])
        place = ways[-1].place if ways else self._at
        sought = self._constant(left)
        if sought is None:
            sought = self._from_inside(left, len(ways)) if ways else self.expression(left)
        steps = over.steps[-1:] if ways else over.steps
        held = lookup(f"{place.path(*steps)}__has", sought)
        if ways:
            return plain(self._exists(ways, held))
        if mode.certain and (nullable(over) or nullable(left)):
            return asked(call(worked_out("certain"), held.code))
        return held

    def _in_collection(self, left: Expr, over: Collection) -> Condition:
        steps = over.steps if over.at is not None else over.steps[:-1]
        ways = self._ways(steps)
        place, value = ways[-1].place, self._constant(left)
        sought = self._from_inside(left, len(ways)) if value is None else value
        if over.at is not None:
            named = plain(call(IS_CALLER, "caller", quoted(place.key))) if _is_caller(left) else None
            return plain(self._exists(ways, named or lookup(place.key, sought)))
        field_ = place.entity.field(over.steps[-1])
        held = Path(type=field_.type, entity=place.entity.name, steps=(field_.name,), may_be_null=field_.optional)
        before, self._at = self._at, place
        scales = scale_of(left), scale_of(held)
        fits = scales[0] == scales[1] or (isinstance(left, Literal) and self._fits(held, left))
        path = self._lookup(held)
        if path is not None and fits and not (field_.optional and nullable(left)):
            test = lookup(path, sought)
        else:
            scale = _common_scale(left, held)
            given = self._argument(left, scale) if value is not None else _widened(sought, scales[0], scale)
            test = asked(call(worked_out("Same"), self._argument(held, scale), given))
        self._at = before
        return plain(self._exists(ways, test))

    def _from_inside(self, expr: Expr, depth: int) -> Code:
        """A value of this row, as the conditions of a query that stands so deep in its own name it."""
        path = self._lookup(expr)
        if path is not None:
            return _outer(Code(quoted(path)), depth)
        if self._at.row:
            return self.expression(expr)
        row = code("{}.objects.filter(pk={})", self._at.model, _outer(Code('"pk"'), depth))
        return call(SUBQUERY, code("{}.values(worked__out={})", row, self.expression(expr)))

    def _quantified(self, expr: Aggregate) -> Condition:
        every = expr.function is Aggregation.ALL
        ways = self._ways(expr.over.steps)
        tests = []
        if expr.operand is not None:
            before, self._at = self._at, ways[-1].place
            tests.append(self._condition(Not(operand=expr.operand) if every else expr.operand, LOOSE))
            self._at = before
        found = plain(self._exists(ways, *tests))
        if every:
            return negation(found)
        asks = expr.operand is not None and asks_for_caller(expr.operand) and denied_to_strangers(expr.operand)
        return both([self._signed_in(), found]) if asks else found

    # Effects

    def gone_over(self, over: Collection) -> tuple[Code, str]:
        """The rows of a collection of one row, and the way from them to what is changed. From here on, expressions are
        about these rows."""
        *outer, last = self._ways(over.steps)
        start, by = last.start, last.by
        for rows in outer:
            inner = replace(rows, by=by, start=start) if rows is not outer[0] else rows
            start, by = code("{}.values({})", inner.selected(), quoted(inner.place.key)), f"{last.by}__in"
        self._at = last.place
        return replace(last, by=by, start=start).selected(), last.place.prefix

    def amount(self, effect: Effect) -> Code:
        """What an effect puts into a column, or adds to it: with the places of its type."""
        value, scale, type_ = self.expression(effect.value), scale_of(effect.value), effect.target.type
        if isinstance(effect.value.type, types.Null):
            return call(name("django.db.models.functions", "Cast"), call(VALUE, "None"), self._output(type_))
        if effect.operator != "=" and nullable(effect.value):
            output = code("output_field={}", output_field(type_))
            value = call(name("django.db.models.functions", "Coalesce"), value, "0", output)
        if isinstance(type_, types.Decimal) and scale not in (None, type_.scale):
            output = code("output_field={}", output_field(type_))
            return call(calculated("Rounded"), value, str(scale), output)
        return value

    def _output(self, type_: types.Type) -> Code:
        """The field that a value of this type has; of a reference, that of a key."""
        if not isinstance(type_, types.Ref):
            return output_field(type_)
        ids = self.design.entity(type_.target).ids
        return call(name("django.db.models", "UUIDField" if ids is Ids.UUID7 else "BigIntegerField"))

    # Ways to many rows

    def _ways(self, steps: tuple[str, ...]) -> list[Rows]:
        """The queries on the way along these steps: one for each step that leads to many rows."""
        found: list[Rows] = []
        place = self._at
        for step in steps:
            field_ = place.entity.field(step)
            match field_.type:
                case types.Ref():
                    if found and field_.optional:
                        found[-1].conditions.append(lookup(f"{place.path(step)}__isnull", "False"))
                    target = self.design.entity(field_.type.target)
                    place = replace(place, entity=target, prefix=f"{place.path(step)}__")
                    if found:
                        found[-1].place = place
                    continue
                case types.Parts() | types.Inverse():
                    target = self.design.entity(field_.type.target)
                    by, prefix = field_.type.by, ""
                    model = names.model(self.design, target, self.within)
                case types.Many():
                    by, there = names.pair_fields(place.entity, field_)
                    target, prefix = self.design.entity(field_.type.target), f"{there}__"
                    module_ = names.sibling(self.within, names.app(self.design, place.entity), "models", self.design)
                    model = code("{}.{}", module_, names.pairs_class(place.entity, field_))
                case _:
                    raise AssertionError(f"{place.entity.name}.{step} leads nowhere")
            start = self._start(place)
            place = Place(entity=target, model=model, prefix=prefix)
            found.append(Rows(place=place, by=by, start=start, conditions=self._live(place)))
        return found

    def _start(self, place: Place) -> Code:
        """The key of the row that a way comes from, as the query that it leads to names it."""
        if not place.row:
            return call(OUTER, quoted(place.key))
        if not place.prefix:
            return Code(f"{place.row}.pk")
        first, *rest = place.key.split("__")
        if not rest:
            return Code(f"{place.row}.{first}_id")
        target, key = self._referred(place.row, first)
        return self._selected(target, key, Code(quoted("__".join(rest))))

    def _referred(self, row: str, reference: str) -> tuple[Entity, Code]:
        """What a row refers to, and its key. Where there may be none: Django's types know None as a value alone."""
        field_ = self._at.entity.field(reference)
        assert isinstance(field_.type, types.Ref)
        key = self._held(row, field_) if field_.optional else Code(f"{row}.{reference}_id")
        return self.design.entity(field_.type.target), key

    def _held(self, row: str, field_: Field, *output: Code) -> Code:
        """A value of a row that is in no table yet. While it is made, this may still be an expression."""
        held = worked_out("held") if self.local and initial(field_) is not None else VALUE
        return call(held, f"{row}.{names.column(field_)}", *output)

    def _live(self, place: Place) -> list[Condition]:
        """Nobody meets deleted rows in a collection. Parts follow their whole."""
        if place.entity.trash is None or place.entity.whole is not None:
            return []
        before, self._at = self._at, place
        found = self._negated(place.entity.trash, LOOSE)
        self._at = before
        return [found]

    def _exists(self, ways: list[Rows], *tests: Condition) -> Code:
        """Whether there is a row at the end of the ways."""
        *outer, last = ways
        found = call(EXISTS, last.selected(*tests))
        for rows in reversed(outer):
            found = call(EXISTS, rows.selected(plain(found)))
        return found

    def _selected(self, entity: Entity, key: Code, values: Code) -> Code:
        model = names.model(self.design, entity, self.within)
        return call(SUBQUERY, code("{}.objects.filter(pk={}).values({})", model, key, values))

    # Values

    def expression(self, expr: Expr) -> Code:
        """The expression as a value that Django works with: NULL where it has none."""
        known = self._constant(expr)
        if known is not None:
            return self._as_value(expr, known)
        match expr:
            case Path():
                return self._path(expr)
            case User():
                model = names.model(self.design, self.design.entity("User"), self.within)
                account = code("{}.objects.filter({})", model, call(IS_CALLER, "caller", '"id"'))
                return call(SUBQUERY, code("{}.values({})", account, quoted("__".join(expr.steps))))
            case Arithmetic():
                return self._arithmetic(expr)
            case Negative() if isinstance(expr.type, types.Duration):
                return call(calculated("Times"), self._argument(expr.operand), "-1")
            case Negative():
                return code("-{}", self._tight(self.expression(expr.operand)))
            case Call():
                return self._called(expr)
            case Aggregate() if expr.function not in (Aggregation.ANY, Aggregation.ALL):
                return self._aggregated(expr)
            case _:
                return call(worked_out("truth"), self._condition(expr, LOOSE).code)

    def result(self, expr: Expr, type_: types.Type) -> Code:
        """The expression as a value of this type, which answers can show: decimals rounded to its scale."""
        if isinstance(type_, types.Bool):
            known = isinstance(expr, Path) and not nullable(expr)
            return self.expression(expr) if known else call(worked_out("truth"), self._condition(expr, LOOSE).code)
        if isinstance(type_, types.Ref):
            return self.expression(expr)
        scale = scale_of(expr)
        if isinstance(type_, types.Decimal) and scale is not None and scale != type_.scale:
            output = code("output_field={}", output_field(type_))
            return call(calculated("Rounded"), self._argument(expr), str(scale), output)
        if isinstance(type_, types.Float) and scale is not None:
            return call(calculated("Floating"), self._argument(expr), str(scale))
        if isinstance(expr, Aggregate) and scale is not None:
            return self.expression(replace(expr, type=type_))
        value = self.expression(expr)
        if isinstance(expr, Path | Aggregate) and expr.type == type_:
            return value
        return call(WRAPPER, value, code("output_field={}", output_field(type_)))

    def _constant(self, expr: Expr) -> Code | None:
        """The value in Python, where no row and no query is needed for it."""
        match expr:
            case Literal():
                return constant(expr.value)
            case User(steps=()):
                return Code("caller.id")
            case Tenant():
                return Code("caller.tenant")
            case Now():
                return Code("caller.moment") if self.caller else NOW
            case Today():
                return Code("caller.today") if self.caller else code("{}.date()", NOW)
            case Input():
                return Code(f"sent[{quoted(expr.name)}]")
            case Call() if (span := span_of(expr)) is not None:
                return constant(span)
            case Arithmetic(operator=Operator.ADD | Operator.SUB, left=Now() | Today(), right=right):
                span = span_of(right)
                left = self._constant(expr.left)
                return None if span is None or left is None else code("{} {} {}", left, expr.operator, constant(span))
            case _:
                return None

    def _known(self, expr: Literal, beside: Expr) -> Code:
        """A constant as the column beside it has it."""
        return constant(float(str(expr.value))) if isinstance(beside.type, types.Float) else constant(expr.value)

    def _as_value(self, expr: Expr, known: Code) -> Code:
        if isinstance(expr, Literal) and isinstance(expr.value, Decimal):
            return call(calculated("Fixed"), quoted(format(expr.value, "f")))
        if isinstance(expr.type, types.DateTime | types.Date) and not isinstance(expr, Literal | Input):
            return code("{}.of({})", name("apps.core.clock", "At"), known)
        return call(VALUE, known, *([output_field(expr.type)] if _is_sent_decimal(expr) else []))

    def _lookup(self, expr: Expr) -> str | None:
        """The path of lookups that leads to the value, if it is a stored one."""
        if not isinstance(expr, Path) or self._at.row:
            return None
        entity = self._at.entity
        for step in expr.steps:
            field_ = entity.field(step)
            if not field_.stored:
                return None
            if isinstance(field_.type, types.Ref):
                entity = self.design.entity(field_.type.target)
        return self._at.path(*expr.steps)

    def _path(self, expr: Path) -> Code:
        path = self._lookup(expr)
        if path is not None:
            return call(F, quoted(path))
        *way, last = expr.steps
        entity = self._at.entity
        for step in way:
            reference = entity.field(step).type
            assert isinstance(reference, types.Ref)
            entity = self.design.entity(reference.target)
        field_ = entity.field(last)
        if self._at.row:
            return self._of_row(expr, field_)
        worked = self._computed(entity, field_)
        if not way and not self._at.prefix:
            return worked
        key = call(OUTER, quoted(self._at.path(*way) if way else self._at.key))
        return self._selected(entity, key, code("{}={}", last, worked))

    def _of_row(self, expr: Path, field_: Field) -> Code:
        """A value of a row that is in no table yet, or of one that it refers to."""
        row = self._at.row
        first, *rest = expr.steps
        if not rest:
            if isinstance(field_.type, types.Ref) or field_.name == "id":
                return self._held(row, field_)
            if field_.computed is not None:
                return self.expression(field_.computed)
            return self._held(row, field_, output_field(field_.type))
        target, key = self._referred(row, first)
        if field_.computed is None:
            values = Place(entity=target, model=Code("")).path(*rest)
            return self._selected(target, key, Code(quoted(values)))
        inner = Compiler(self.design, target, self.within, caller=self.caller, local=self.local)
        return self._selected(target, key, code("worked__out={}", inner.expression(replace(expr, steps=tuple(rest)))))

    def _computed(self, entity: Entity, field_: Field) -> Code:
        """The call of the function that works a field out."""
        label = names.app(self.design, entity)
        function = names.function(self.design, entity, field_.name)
        if self.local and label == self.within:
            return Code(f"{function}()")
        return code("{}.{}()", names.sibling(self.within, label, "computed"), function)

    def _operand(self, expr: Expr) -> Code:
        """What stands behind an operator or in a lookup: constants as they are."""
        known = self._constant(expr)
        if known is None:
            return self.expression(expr)
        is_exact = isinstance(expr, Literal) and isinstance(expr.value, Decimal)
        return self._as_value(expr, known) if is_exact or _is_sent_decimal(expr) else known

    def _argument(self, expr: Expr, scale: int | None = None) -> Code:
        """What a function is given: the name of a field, an expression, or a constant."""
        here = scale_of(expr)
        if isinstance(expr, Literal) and here is not None and scale is not None:
            return self._at_scale(expr, scale)
        path = self._lookup(expr)
        known = self._constant(expr)
        if path is not None:
            found = Code(quoted(path))
        elif known is not None and not isinstance(expr, Literal | Tenant | User) and not _is_sent_decimal(expr):
            found = known
        elif isinstance(expr, Literal) and (isinstance(expr.value, timedelta) or type(expr.value) is int):
            found = constant(expr.value)
        else:
            found = self.expression(expr)
        return found if scale is None or here is None else _widened(found, here, scale)

    def _at_scale(self, expr: Expr, scale: int | None, *, alone: bool = False) -> Code:
        """A value at this scale. alone: where nothing else says that it is an expression."""
        here = scale_of(expr)
        if scale is None or here is None:
            return self.expression(expr) if alone else self._operand(expr)
        if isinstance(expr, Literal):
            if scale:
                return call(calculated("Fixed"), quoted(f"{Decimal(str(expr.value)):.{scale}f}"))
            return call(VALUE, constant(expr.value)) if alone else constant(expr.value)
        return self.expression(expr) if here == scale else _widened(self._argument(expr), here, scale)

    def _tight(self, value: Code) -> Code:
        return value if atomic(value.text) else code("({})", value)

    # Arithmetic

    def _arithmetic(self, expr: Arithmetic) -> Code:
        if isinstance(expr.type, types.Float):
            return self._floating(expr)
        if isinstance(expr.type, types.Text):
            return call(calculated("Joined"), self._argument(expr.left), self._argument(expr.right))
        if not isinstance(expr.type, types.Decimal | types.Int | types.BigInt):
            return self._of_time(expr)
        scale, left, right = scale_of_type(expr.type) or 0, scale_of(expr.left) or 0, scale_of(expr.right) or 0
        match expr.operator:
            case Operator.ADD | Operator.SUB:
                return self._operation(expr, self._first(expr, scale), self._at_scale(expr.right, scale))
            case Operator.MUL:
                product = self._operation(expr, self._first(expr, left), self._at_scale(expr.right, right))
                if left + right == scale:
                    return product
                output = code("output_field={}", output_field(expr.type))
                return call(calculated("Rounded"), product, str(left + right), output)
            case Operator.DIV:
                sides = self._argument(expr.left, left), self._argument(expr.right, right)
                places = sides[0], str(left), sides[1], str(right), str(scale)
                return call(calculated("Divided"), *places)

    def _first(self, expr: Arithmetic, scale: int) -> Code:
        """The first operand, with room for the result where both are whole numbers of 32 bits."""
        if isinstance(expr.left.type, types.Int) and isinstance(expr.right.type, types.Int):
            return call(calculated("Long"), self._argument(expr.left, scale))
        return self._at_scale(expr.left, scale, alone=True)

    def _operation(self, expr: Arithmetic, left: Code, right: Code) -> Code:
        return code("{} {} {}", self._tight(left), expr.operator, self._tight(right))

    def _floating(self, expr: Arithmetic) -> Code:
        left, right = self._as_float(expr.left), self._as_float(expr.right)
        if expr.operator is Operator.DIV and not isinstance(expr.right, Literal):
            right = call(name("django.db.models.functions", "NullIf"), right, call(VALUE, "0.0"))
        return self._operation(expr, left, right)

    def _as_float(self, expr: Expr) -> Code:
        """A number beside a float: databases calculate with whole numbers and floats as they are."""
        if isinstance(expr, Literal) and expr.value is not None:
            return call(VALUE, constant(float(str(expr.value))))
        return self.expression(expr)

    def _of_time(self, expr: Arithmetic) -> Code:
        left, right, operator = expr.left, expr.right, expr.operator
        if isinstance(right.type, types.Duration) and isinstance(left.type, types.Int | types.BigInt):
            left, right = right, left
        if isinstance(left.type, types.Duration) and isinstance(right.type, types.DateTime | types.Date):
            left, right = right, left
        function = TIME_FUNCTIONS.get((type(left.type), operator, type(right.type)))
        if function is not None:
            return call(calculated(function), self._argument(left), self._argument(right))
        return self._operation(expr, self.expression(left), self.expression(right))

    def _called(self, expr: Call) -> Code:
        match expr.function:
            case Function.COALESCE:
                return self._coalesced(expr)
            case Function.DAYS | Function.HOURS | Function.MINUTES:
                unit = constant(timedelta(**{expr.function.value: 1}))
                return call(calculated("Times"), self._argument(expr.arguments[0]), unit)
            case Function.LOWER | Function.UPPER:
                return call(calculated(expr.function.value.capitalize()), self._argument(expr.arguments[0]))
            case Function.LENGTH:
                return call(name("django.db.models.functions", "Length"), self._argument(expr.arguments[0]))

    def _coalesced(self, expr: Call) -> Code:
        values = [self._argument(part, scale_of_type(expr.type)) for part in expr.arguments]
        if isinstance(expr.type, types.Float):
            values = [self._as_float(part) for part in expr.arguments]
        output = () if isinstance(expr.type, types.Ref) else (code("output_field={}", output_field(expr.type)),)
        return call(name("django.db.models.functions", "Coalesce"), *values, *output)

    # What is worked out over many rows

    def _aggregated(self, expr: Aggregate) -> Code:
        ways = self._ways(expr.over.steps)
        before, self._at = self._at, ways[-1].place
        found = self._over_last(expr, ways)
        self._at = before
        return found

    def _over_last(self, expr: Aggregate, ways: list[Rows]) -> Code:
        function, operand, rows = expr.function, expr.operand, ways[-1]
        if function is Aggregation.COUNT:
            tested = operand is not None and isinstance(operand.type, types.Bool)
            tests = [self._condition(operand, LOOSE)] if tested and operand is not None else []
            counted = () if tested or operand is None else (self._argument(operand),)
            number = call(worked_out("count"), rows.selected(*tests), *counted)
            return self._outward("total", number, ways, types.BigInt())
        assert operand is not None
        value = self._argument(operand)
        if function is not Aggregation.AVG:
            called = {Aggregation.SUM: "total", Aggregation.MIN: "least", Aggregation.MAX: "greatest"}[function]
            innermost = call(worked_out(called), rows.selected(), value, output_field(expr.type))
            return self._outward(called, innermost, ways, expr.type)
        places = scale_of(operand) or 0
        if len(ways) == 1:
            told = [f"places={places}"] if places else []
            return call(worked_out("average"), rows.selected(), value, output_field(expr.type), *told)
        return self._average_of_several(expr, value, places, ways)

    def _average_of_several(self, expr: Aggregate, value: Code, places: int, ways: list[Rows]) -> Code:
        summed_type = expr.type
        if isinstance(expr.type, types.Decimal):
            summed_type = types.Decimal(precision=expr.type.precision, scale=places)
        rows = ways[-1].selected()
        summed = self._outward(
            "total", call(worked_out("total"), rows, value, output_field(summed_type)), ways, summed_type
        )
        counted = self._outward("total", call(worked_out("count"), rows, value), ways, types.BigInt())
        match expr.type:
            case types.Duration():
                return call(calculated("SpanDivided"), summed, counted)
            case types.Decimal():
                return call(calculated("Divided"), summed, str(places), counted, "0", str(expr.type.scale))
            case _:
                return code("{} / {}", summed, call(name("django.db.models.functions", "NullIf"), counted, "0"))

    def _outward(self, function: str, found: Code, ways: list[Rows], type_: types.Type) -> Code:
        """The same over the rows that the ways before the last lead to."""
        for rows in reversed(ways[:-1]):
            found = call(worked_out(function), rows.selected(), found, output_field(type_))
        return found


def _class(lookup_class: str) -> Code:
    return name("django.db.models.lookups", lookup_class)


def _is_caller(expr: Expr) -> bool:
    """Whether it is the caller's id, which there is wherever it is asked for."""
    return isinstance(expr, User) and not expr.steps


def _is_sent_decimal(expr: Expr) -> bool:
    """Whether it is an exact number of the body, which says nothing of its places by itself."""
    return isinstance(expr, Input) and isinstance(expr.type, types.Decimal)


def _common_scale(left: Expr, right: Expr) -> int | None:
    here, there = scale_of(left), scale_of(right)
    return None if here is None or there is None else max(here, there)


def _widened(value: Code, scale: int | None, wanted: int | None) -> Code:
    """The value at a larger scale."""
    if scale is None or wanted is None or scale == wanted:
        return value
    return call(calculated("Widened"), value, str(wanted - scale))


def _outer(path: Code, depth: int) -> Code:
    for _ in range(depth):
        path = call(OUTER, path)
    return path


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


def calls(text: str, word: str) -> bool:
    """Whether the code names this variable."""
    return word in _words(text)


def _words(text: str) -> Iterator[str]:
    current = ""
    for character in f"{text} ":
        if character.isidentifier() or (current and character.isalnum()):
            current += character
        elif current:
            yield current
            current = ""
