"""Every expression is worth the same in Python, on SQLite and on PostgreSQL."""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path as FilePath
from typing import Any, ParamSpec, TypeVar, cast

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from backsmith.design import operations
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
from backsmith.design.model import Entity
from backsmith.writers.fastapi import models, names
from backsmith.writers.fastapi.expressions import Compiler, Root
from backsmith.writers.python.code import import_lines, plain
from backsmith.writers.python.page import printed

from .shop import DESIGN, NOW, PAIRS, ROWS, Reference

WORKER = FilePath(__file__).parent / "worker.py"
PARTS = FilePath(models.__file__).parent / "parts" / "app"
CORE = ("__init__", "arithmetic", "caller", "database", "sql", "sqlite", "types")
CONFIG = """from os import environ
from types import SimpleNamespace

settings = SimpleNamespace(
    database_url=environ["DATABASE_URL"],
    database_pool=4,
    database_pool_timeout=3,
    statement_timeout=5,
    request_timeout=30,
)
"""


class Database:
    """A database that holds the rows, and the process that evaluates expressions in it."""

    def __init__(self, folder: FilePath, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), str(folder), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.ask(stored()) == "ready"

    def ask(self, question: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump(question, self.process.stdin)
        self.process.stdin.flush()
        return pickle.load(self.process.stdout)

    def values(self, expr: Expr, entity: str, roles: frozenset[str], user: int | None) -> Any:
        compiler = Compiler(DESIGN, Root(DESIGN.entity(entity)))
        value = compiler.result(expr, expr.type)
        imports = [plain(line) for line in import_lines(compiler.lines, value)]
        lines = [plain(line.text) for line in compiler.lines]
        self.source = "\n".join([*lines, plain(value.text)])
        model = f"app.models.{names.module(entity)}:{entity}"
        return self.ask((imports, lines, plain(value.text), model, roles, user, NOW))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def stored() -> dict[str, list[dict[str, Any]]]:
    """The rows as the columns take them, by model, those that others refer to first; then the pairs."""
    order = ("Team", "User", "Category", "Tag", "Product", "Order", "OrderLine")
    rows = {f"app.models.{names.module(name)}:{name}": [columns(name, row) for row in ROWS[name]] for name in order}
    for (name, field), pairs in PAIRS.items():
        entity = DESIGN.entity(name)
        here, there = names.pair_columns(entity, entity.field(field))
        table = names.pairs(entity, entity.field(field)).text
        rows[f"app.models.{names.module(name)}:{table}"] = [{here: a, there: b} for a, b in pairs]
    return rows


def columns(entity: str, row: dict[str, Any]) -> dict[str, Any]:
    fields = DESIGN.entity(entity)
    return {names.column(fields.field(name)): value for name, value in row.items()}


def write_application(folder: FilePath) -> None:
    shutil.copytree(PARTS / "core", folder / "app" / "core")
    (folder / "app" / "models").mkdir()
    (folder / "app" / "__init__.py").touch()
    (folder / "app" / "config.py").write_text(CONFIG)
    for entity in DESIGN.entities:
        page = printed(models.model_page(DESIGN, entity))
        (folder / "app" / "models" / f"{names.module(entity)}.py").write_text(page)
    everything = "".join(f"from app.models import {names.module(entity)}\n" for entity in DESIGN.entities)
    everything += "from app.core import arithmetic\n"  # adds to what connections know
    (folder / "app" / "models" / "__init__.py").write_text(everything)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, postgresql: str) -> Iterator[list[Database]]:
    folder = tmp_path_factory.mktemp("application")
    write_application(folder)
    opened = [Database(folder, f"sqlite+aiosqlite:///{folder}/test.db"), Database(folder, postgresql)]
    yield opened
    for database in opened:
        database.close()


# Random expressions, well typed


P = ParamSpec("P")
T = TypeVar("T")


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Strategies are costly to make, and the same every time."""
    return cast(Callable[P, T], cache(function))


def some(strategy: st.SearchStrategy[Expr | None]) -> st.SearchStrategy[Expr]:
    """Without what is no expression of the language."""
    return strategy.filter(lambda found: found is not None).map(lambda found: cast(Expr, found))


@remembered
def bools(entity: str, depth: int, *, inside: bool = False) -> st.SearchStrategy[Expr]:
    """Conditions about a row. inside: in an aggregate, where other rows cannot be looked at."""
    flat: list[st.SearchStrategy[Expr]] = [
        st.sampled_from([Anyone(), SignedIn(), Role(name="staff"), Literal(type=t.Bool(), value=False)]),
        *(comparisons(entity, kind, max(depth - 1, 0), inside) for kind in KINDS),
        references(entity),
        paths(entity, t.Bool),
    ]
    if not inside:
        flat += [memberships(entity), st.deferred(lambda: quantified(entity, depth))]
    simple = st.one_of(flat)
    if depth == 0:
        return simple
    deeper = st.deferred(lambda: bools(entity, depth - 1, inside=inside))
    several = st.lists(deeper, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        simple,
        deeper.map(lambda operand: Not(operand=operand)),
        several.map(lambda operands: And(operands=operands)),
        several.map(lambda operands: Or(operands=operands)),
    )


KINDS: tuple[type[t.Type], ...] = (t.Int, t.Decimal, t.Float, t.Text, t.Date, t.DateTime, t.Time, t.Duration, t.Enum)
FAMILIES: dict[type[t.Type], tuple[type[t.Type], ...]] = {
    t.Int: (t.Int, t.BigInt),
    t.Text: (t.Text, t.Slug),
}


@remembered
def values(entity: str, kind: type[t.Type], depth: int, inside: bool) -> st.SearchStrategy[Expr]:
    """Values of one kind."""
    leaves: list[st.SearchStrategy[Expr]] = [paths(entity, kind), literals(kind)]
    if kind is t.Text:
        leaves.append(st.just(User(steps=("team", "name"), type=t.Text(length=80))))
    if kind is t.Date:
        leaves.append(st.just(Today()))
    if kind is t.DateTime:
        leaves.append(st.just(Now()))
    if depth == 0:
        return st.one_of(leaves)
    deeper = values(entity, kind, depth - 1, inside)
    made = [calculated(entity, kind, depth, inside), coalesced(deeper)]
    if kind in (t.Int, t.Decimal, t.Duration, t.Float):
        made.append(
            deeper.map(lambda operand: Negative(operand=operand, type=operand.type, may_be_null=operand.may_be_null))
        )
    if kind is t.Text:
        made.append(st.builds(changed_case, st.sampled_from([Function.LOWER, Function.UPPER]), deeper))
    if kind is t.Int:
        text = values(entity, t.Text, depth - 1, inside)
        made.append(
            text.map(lambda a: Call(function=Function.LENGTH, arguments=(a,), type=t.Int(), may_be_null=a.may_be_null))
        )
    if kind is t.Duration:
        units = st.sampled_from([Function.DAYS, Function.HOURS, Function.MINUTES])
        whole = paths(entity, t.Int).filter(lambda path: path.type == t.Int())
        made.append(st.builds(duration, units, st.one_of(st.just(Literal(type=t.Int(), value=2)), whole)))
    if not inside and kind in (t.Int, t.Decimal, t.Duration, t.Float):
        made.append(aggregates(entity, kind))
    return st.one_of(*leaves, *made)


def negative(operand: Expr) -> Expr:
    return Negative(operand=operand, type=operand.type, may_be_null=operand.may_be_null)


def length(operand: Expr) -> Expr:
    return Call(function=Function.LENGTH, arguments=(operand,), type=t.Int(), may_be_null=operand.may_be_null)


def changed_case(function: Function, operand: Expr) -> Expr:
    length = operations.length_of(operand.type)
    return Call(function=function, arguments=(operand,), type=t.Text(length=length), may_be_null=operand.may_be_null)


def duration(function: Function, amount: Expr) -> Expr:
    if isinstance(amount, Path) and amount.steps[-1] == "stock":
        amount = Literal(type=t.Int(), value=3)  # so many days are no duration any more
    return Call(function=function, arguments=(amount,), type=t.Duration(), may_be_null=amount.may_be_null)


def coalesced(deeper: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def made(first: Expr, second: Expr) -> Expr | None:
        kind = operations.common([first.type, second.type])
        nullable = first.may_be_null and second.may_be_null
        return (
            None
            if kind is None
            else Call(function=Function.COALESCE, arguments=(first, second), type=kind, may_be_null=nullable)
        )

    return some(st.builds(made, deeper, deeper))


def calculated(entity: str, kind: type[t.Type], depth: int, inside: bool) -> st.SearchStrategy[Expr]:
    """Sums, products and quotients of this kind, no larger than a decimal may become."""

    def made(operator: Operator, left: Expr, right: Expr) -> Expr | None:
        found = operations.arithmetic(operator, left.type, right.type)
        if found is None or type(found) not in (kind, *FAMILIES.get(kind, ())):
            return None
        if (
            (isinstance(found, t.Decimal) and (found.precision > 38 or found.scale > 8))
            or is_large(left)
            or is_large(right)
        ):
            return None
        if operator is Operator.DIV and isinstance(right, Literal) and not right.value:
            return None
        nullable = (
            left.may_be_null or right.may_be_null or (operator is Operator.DIV and not isinstance(right, Literal))
        )
        return Arithmetic(operator=operator, left=left, right=right, type=found, may_be_null=nullable)

    sides = {
        t.Decimal: (t.Decimal, t.Int),
        t.Date: (t.Date, t.Duration),
        t.DateTime: (t.DateTime, t.Duration),
        t.Duration: (t.Duration, t.Date, t.DateTime, t.Int),
        t.Float: (t.Float, t.Int),
    }.get(kind, (kind,))
    operand = st.one_of([values(entity, side, depth - 1, inside) for side in sides])
    return some(st.builds(made, st.sampled_from(list(Operator)), operand, operand))


def is_long(type_: t.Decimal) -> bool:
    return type_.precision > 38 or type_.scale > 8


def is_large(expr: Expr) -> bool:
    """Whether a product could outgrow 64 bits."""
    match expr:
        case Path():
            return expr.steps[-1] in ("stock", "views")
        case Arithmetic(operator=Operator.MUL):
            return True
        case Arithmetic():
            return is_large(expr.left) or is_large(expr.right)
        case Call():
            return any(is_large(argument) for argument in expr.arguments)
        case Negative():
            return is_large(expr.operand)
        case Aggregate():
            return expr.operand is not None and is_large(expr.operand)
    return False


def literals(kind: type[t.Type]) -> st.SearchStrategy[Expr]:
    match kind:
        case t.Int:
            return st.sampled_from([0, 1, 2, 7]).map(lambda v: Literal(type=t.Int(), value=v))
        case t.Decimal:
            return st.sampled_from(["0.5", "10.50", "1.005", "99.99"]).map(decimal)
        case t.Float:
            return st.sampled_from([0, 3]).map(lambda v: Literal(type=t.Int(), value=v))
        case t.Text:
            return st.sampled_from(["", "Tools", "äpfel ß", "a-1", "it's"]).map(
                lambda v: Literal(type=t.Text(length=len(v)), value=v)
            )
        case t.Duration:
            return st.sampled_from([timedelta(), timedelta(days=8), timedelta(hours=3), timedelta(minutes=-90)]).map(
                lambda v: Literal(type=t.Duration(), value=v)
            )
    return st.nothing()


def decimal(text: str) -> Expr:
    value = Decimal(text)
    places = -int(value.as_tuple().exponent)
    return Literal(type=t.Decimal(precision=max(len(value.as_tuple().digits), places), scale=places), value=value)


@remembered
def paths(entity: str, kind: type[t.Type], depth: int = 2) -> st.SearchStrategy[Expr]:
    """Every path to a field of this kind."""
    found = list(walks(DESIGN.entity(entity), entity, (), False, (kind, *FAMILIES.get(kind, ())), depth))
    return st.sampled_from(found) if found else st.nothing()


def walks(
    at: Entity, start: str, steps: tuple[str, ...], nullable: bool, kinds: tuple[type[t.Type], ...], depth: int
) -> Iterator[Expr]:
    for field in at.fields:
        here, null = (*steps, field.name), nullable or field.optional
        if isinstance(field.type, kinds) and field.name not in ("id", "version"):
            yield Path(entity=start, steps=here, type=field.type, may_be_null=null)
        if isinstance(field.type, t.Ref) and depth:
            yield from walks(DESIGN.entity(field.type.target), start, here, null, kinds, depth - 1)


@remembered
def comparisons(entity: str, kind: type[t.Type], depth: int, inside: bool) -> st.SearchStrategy[Expr]:
    left, right = values(entity, kind, depth, inside), values(entity, kind, depth, inside)
    null = st.just(Literal(type=t.Null(), value=None, may_be_null=True))
    equal = st.sampled_from([Comparison.EQ, Comparison.NE])
    operators = equal if kind is t.Enum else st.sampled_from(list(Comparison))
    compared = st.builds(lambda o, a, b: Compare(operator=o, left=a, right=b), operators, left, right)
    nothing = st.builds(lambda o, a, b: Compare(operator=o, left=a, right=b), equal, left, null)
    if kind is t.Enum:
        words = st.sampled_from(["draft", "paid"]).map(lambda w: Literal(type=t.Enum(words=("draft", "paid")), value=w))
        listed = st.builds(lambda a, b: In(left=a, right=tuple(b)), left, st.lists(words, min_size=1, max_size=2))
        return st.one_of(compared, listed)
    if kind in (t.Int, t.Text, t.Decimal):
        listed = st.builds(
            lambda a, b: In(left=a, right=tuple(b)), left, st.lists(literals(kind), min_size=1, max_size=3)
        )
        return st.one_of(compared, nothing, listed)
    return st.one_of(compared, nothing)


@remembered
def references(entity: str) -> st.SearchStrategy[Expr]:
    """Comparisons of references with each other and with the caller."""
    links = list(walks(DESIGN.entity(entity), entity, (), False, (t.Ref,), 1))
    if not links:
        return st.nothing()
    asked = {"User": User(type=t.Ref(targets=("User",))), "Team": User(steps=("team",), type=t.Ref(targets=("Team",)))}
    found = [
        Compare(operator=operator, left=left, right=right)
        for left in links
        for right in [*links, *asked.values()]
        if left.type == right.type
        for operator in (Comparison.EQ, Comparison.NE)
    ]
    return st.sampled_from(found) if found else st.nothing()


@remembered
def collections(entity: str, depth: int = 3) -> list[Collection]:
    """Every path to many rows."""
    found: list[Collection] = []

    def walk(at: Entity, steps: tuple[str, ...], many: bool, depth: int) -> None:
        for field in at.fields:
            here = (*steps, field.name)
            if not isinstance(field.type, t.Ref | t.ToMany) or not depth:
                continue
            target = DESIGN.entity(field.type.target)
            if many or isinstance(field.type, t.ToMany):
                found.append(Collection(entity=entity, steps=here, at=target.name, type=field.type))
            walk(target, here, many or isinstance(field.type, t.ToMany), depth - 1)

    walk(DESIGN.entity(entity), (), False, depth)
    return found


@remembered
def memberships(entity: str) -> st.SearchStrategy[Expr]:
    """`user in team.members`, `keeper in lines.order.customer`, `note in lines.product.note`, `'a' in labels`."""
    found: list[Expr] = []
    links = list(walks(DESIGN.entity(entity), entity, (), False, (t.Ref,), 1))
    for over in collections(entity):
        sought: list[Expr] = [User(type=t.Ref(targets=("User",)))] if over.at == "User" else []
        sought += [link for link in links if isinstance(link.type, t.Ref) and link.type.target == over.at]
        found += [In(left=left, right=over) for left in sought]
        assert over.at is not None
        for field in DESIGN.entity(over.at).fields:
            steps = (*over.steps, field.name)
            if isinstance(field.type, t.Text):
                values_ = Collection(entity=entity, steps=steps, at=None, type=field.type)
                found += [
                    In(left=left, right=values_)
                    for left in (Literal(type=t.Text(length=3), value="a-1"), *notes(entity))
                ]
            if isinstance(field.type, t.Decimal):
                values_ = Collection(entity=entity, steps=steps, at=None, type=field.type)
                found.append(In(left=decimal("10.5"), right=values_))
    found += [In(left=Literal(type=t.Text(length=1), value="b"), right=over) for over in lists(entity, "labels")]
    found += [In(left=Literal(type=t.Int(), value=5), right=over) for over in lists(entity, "sizes")]
    return st.sampled_from(found) if found else st.nothing()


def notes(entity: str) -> list[Expr]:
    return list(walks(DESIGN.entity(entity), entity, (), False, (t.Text,), 0))


def lists(entity: str, name: str) -> list[Collection]:
    ways = [over.steps for over in collections(entity) if over.at == "Product"]
    ways += [()] if entity == "Product" else [("product",)] if entity == "OrderLine" else []
    product = DESIGN.entity("Product").field(name)
    nullable = product.optional
    return [
        Collection(entity=entity, steps=(*way, name), at=None, type=product.type, may_be_null=nullable) for way in ways
    ]


@remembered
def quantified(entity: str, depth: int) -> st.SearchStrategy[Expr]:
    found = collections(entity)
    if not found:
        return st.nothing()
    functions = st.sampled_from([Aggregation.ANY, Aggregation.ALL])

    def of(over: Collection) -> st.SearchStrategy[Expr]:
        assert over.at is not None
        operand = bools(over.at, max(depth - 1, 0), inside=True)
        return st.builds(lambda f, o: Aggregate(function=f, over=over, operand=o, type=t.Bool()), functions, operand)

    return st.sampled_from(found).flatmap(of)


@remembered
def aggregates(entity: str, kind: type[t.Type]) -> st.SearchStrategy[Expr]:
    found = collections(entity, 2)
    if not found:
        return st.nothing()

    def of(over: Collection) -> st.SearchStrategy[Expr]:
        assert over.at is not None
        count = Aggregate(function=Aggregation.COUNT, over=over, operand=None, type=t.BigInt())
        operand = values(over.at, kind, 1, True).filter(lambda o: not isinstance(o, Literal))
        functions = st.sampled_from([Aggregation.SUM, Aggregation.AVG, Aggregation.MIN, Aggregation.MAX])
        worked = some(st.builds(lambda f, o: aggregate(f, over, o, kind), functions, operand))
        return st.one_of(st.just(count), worked) if kind is t.Int else worked

    return st.sampled_from(found).flatmap(of)


def aggregate(function: Aggregation, over: Collection, operand: Expr, kind: type[t.Type]) -> Expr | None:
    found = {Aggregation.SUM: operations.summed, Aggregation.AVG: operations.averaged}.get(
        function, lambda type_: type_
    )(operand.type)
    if found is None or type(found) not in (kind, *FAMILIES.get(kind, ())) or is_large(operand):
        return None
    nullable = function is not Aggregation.SUM
    return Aggregate(function=function, over=over, operand=operand, type=found, may_be_null=nullable)


CALLERS: tuple[tuple[int | None, frozenset[str]], ...] = (
    (None, frozenset()),
    (1, frozenset({"signed_in"})),
    (2, frozenset({"signed_in", "staff"})),
    (3, frozenset({"signed_in"})),
)
ENTITIES = ("Product", "Order", "OrderLine", "Category", "Team")


@st.composite
def questions(draw: st.DrawFn) -> tuple[Expr, str, tuple[int | None, frozenset[str]]]:
    entity = draw(st.sampled_from(ENTITIES))
    kinds: list[type[t.Type]] = [t.Bool, t.Bool, *KINDS[:-1]]
    kind = draw(st.sampled_from(kinds))
    found = bools(entity, 2) if kind is t.Bool else values(entity, kind, 2, False)
    return draw(found), entity, draw(st.sampled_from(CALLERS))


@settings(
    max_examples=int(os.environ.get("EXPRESSIONS", "200")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(question=questions())
def test_an_expression_is_worth_the_same_everywhere(
    databases: list[Database], question: tuple[Expr, str, tuple[int | None, frozenset[str]]]
) -> None:
    expr, entity, (user, roles) = question
    reference = Reference(user, roles)
    expected = {row["id"]: comparable(reference.value(expr, entity, row), expr.type) for row in ROWS[entity]}
    for database in databases:
        found = database.values(expr, entity, roles, user)
        note(database.source)
        assert isinstance(found, dict), found
        assert {id: comparable(value, expr.type) for id, value in found.items()} == expected


def comparable(value: Any, type_: t.Type) -> Any:
    """Numbers of one kind; floats to twelve digits; lengths of time to the microsecond that both databases keep."""
    if isinstance(type_, t.Bool):
        return bool(value)
    if value is None:
        return None
    if isinstance(type_, t.Float):
        return float(f"{float(value):.12g}")
    if isinstance(type_, t.Decimal):
        return Decimal(value)
    return value
