"""Every expression is worth the same in Python, on SQLite and on PostgreSQL, as Django asks for it."""

import os
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from backsmith.design import types as t
from backsmith.design.expressions import And, Compare, Comparison, Expr, Literal, Not, Or, Path
from backsmith.writers.django import names
from backsmith.writers.django.expressions import Compiler
from backsmith.writers.python.code import import_lines, plain

from ..shop import DESIGN, NOW, PAIRS, ROWS, Reference
from ..test_expressions import comparable, questions
from .project import PYTHON, emptied, lacks_django, write_project

pytestmark = pytest.mark.skipif(lacks_django(), reason=f"{PYTHON} has no Django")

WORKER = FilePath(__file__).parent / "worker.py"


class Database:
    """A database that holds the rows, and the process that evaluates expressions in it."""

    def __init__(self, folder: FilePath, url: str) -> None:
        environment = {**os.environ, "DATABASE_URL": url}
        pipe = subprocess.PIPE
        emptied(folder, url)
        self.process = subprocess.Popen([PYTHON, str(WORKER)], cwd=folder, env=environment, stdin=pipe, stdout=pipe)
        assert self.ask(stored()) == "ready"

    def ask(self, question: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump(question, self.process.stdin)
        self.process.stdin.flush()
        return pickle.load(self.process.stdout)

    def values(self, expr: Expr, entity: str, roles: frozenset[str], user: int | None) -> Any:
        compiler = Compiler(DESIGN, DESIGN.entity(entity), "elsewhere")
        value = compiler.result(expr, expr.type)
        condition = [compiler.rule(expr)] if isinstance(expr.type, t.Bool) else []
        imports = [plain(line) for line in import_lines(condition, value)]
        self.source = "\n".join(plain(each.text) for each in (*condition, value))
        asking = {"id": user, "roles": roles, "at": NOW}
        asked = plain(condition[0].text) if condition else ""
        return self.ask((imports, asked, plain(value.text), names.label(DESIGN, DESIGN.entity(entity)), asking))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def stored() -> dict[str, list[dict[str, Any]]]:
    """The rows as models take them, by model, those that others refer to first; then the pairs."""
    order = ("Team", "User", "Category", "Tag", "Product", "Order", "OrderLine")
    rows = {names.label(DESIGN, DESIGN.entity(name)): [columns(name, row) for row in ROWS[name]] for name in order}
    for (name, field), pairs in PAIRS.items():
        entity = DESIGN.entity(name)
        here, there = names.pair_fields(entity, entity.field(field))
        label = f"{names.app(DESIGN, entity)}.{names.pairs_class(entity, entity.field(field))}"
        rows[label] = [{f"{here}_id": a, f"{there}_id": b} for a, b in pairs]
    return rows


def columns(entity: str, row: dict[str, Any]) -> dict[str, Any]:
    fields = DESIGN.entity(entity)
    return {names.column(fields.field(name)): value for name, value in row.items()}


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[list[Database]]:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, DESIGN)
    opened = [Database(folder, f"sqlite:///{folder}/test.db"), Database(folder, database)]
    yield opened
    for each in opened:
        each.close()


def team(operator: Comparison, name: str) -> Expr:
    path = Path(entity="Product", steps=("team", "name"), type=t.Text(length=80), may_be_null=True)
    return Compare(operator=operator, left=path, right=Literal(type=t.Text(length=9), value=name))


STOCK = Path(entity="Product", steps=("stock",), type=t.Int())
FIVE = Compare(operator=Comparison.EQ, left=STOCK, right=Literal(type=t.Int(), value=5))
SKU = Path(entity="Product", steps=("sku",), type=t.Text(length=32))
TEAM = Path(entity="Product", steps=("team", "name"), type=t.Text(length=80), may_be_null=True)


@pytest.mark.parametrize(
    "expr",
    [
        Or(operands=(And(operands=(team(Comparison.EQ, "Red"), FIVE)), team(Comparison.NE, "Blue"))),
        And(operands=(FIVE, Or(operands=(team(Comparison.NE, "Blue"), team(Comparison.EQ, "Red"))))),
        Not(operand=Not(operand=And(operands=(FIVE, Not(operand=team(Comparison.LT, "Z")))))),
        Not(operand=Compare(operator=Comparison.LT, left=SKU, right=TEAM)),
        Compare(operator=Comparison.NE, left=SKU, right=TEAM),
    ],
    ids=["joined by another", "joined inside", "twice", "null on the right", "unlike nothing"],
)
def test_what_is_not_so_is_true_of_what_is_missing(databases: list[Database], expr: Expr) -> None:
    """Django forgets in `Q(team__name="Red", stock=5) | ~Q(team__name="Blue")` that there may be no team."""
    reference = Reference(1, frozenset({"signed_in"}))
    expected = {row["id"] for row in ROWS["Product"] if reference.value(expr, "Product", row)}
    for database in databases:
        held, values = database.values(expr, "Product", frozenset({"signed_in"}), 1)
        assert held == {id for id, value in values.items() if value} == expected, database.source


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
        assert isinstance(found, tuple), found
        held, values = found
        assert {id: comparable(value, expr.type) for id, value in values.items()} == expected
        assert held is None or held == {id for id, holds in expected.items() if holds}
