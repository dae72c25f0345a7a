"""Statements by shape: each is built once for all requests that differ in bound values only.

Rows stay tuples: the plan of a statement knows where each value stands, and makes structs that are encoded once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.core import sql
from app.core.caller import Roles, decided
from app.core.errors import FieldError, Invalid
from app.core.kinds import Kind
from app.core.queries import Filter, Order, Tree
from app.core.types import Exact, Items

if TYPE_CHECKING:
    from app.core.views import Link, View

MOST_LINKED = 10_000
"""The most rows that one link to many may add to an answer."""

Values = Mapping[str, Any]
Found = list[dict[Any, list[Any]]]
"""For each link to many: the rows found for each key."""


class Shape(NamedTuple):
    """All that decides a statement's text. `after`: which values of the cursor are null; `one`: the row with the id
    `id`; `whole`: that row for whoever has just written it, with its parts."""

    view: "View"
    roles: Roles
    fields: tuple[str, ...] = ()
    expand: Tree = ()
    filters: tuple[Filter, ...] = ()
    words: int = 0
    order: Order = ()
    sorted: bool = False
    after: tuple[bool, ...] | None = None
    skip: bool = False
    one: bool = False
    whole: bool = False


@lru_cache(2048)
def plan_of(shape: Shape) -> "Plan":
    """The plan of a shape, which is kept."""
    return Plan(shape)


class Plan:
    """A statement and what its rows become. `keys`: where in a row the values that it is sorted by stand."""

    def __init__(self, shape: Shape) -> None:
        view, model = shape.view, shape.view.model
        self.shape, self.level = shape, Level(view, model, shape.roles, shape.fields, shape.expand, whole=shape.whole)
        if shape.one:
            self.version = self.level.add(model.version)
            self.statement = self.level.statement().where(model.id == bindparam("id"), *self._conditions())
            return
        ordered = _ordered(view, model, shape.roles, shape.order, asked=shape.sorted)
        self.keys = [self.level.add(column) for column in ordered]
        self.types = [column.type.python_type for column in ordered]
        rows = self.level.statement().where(*self._conditions(ordered)).order_by(*_directed(ordered, shape.order))
        self.statement = rows.limit(bindparam("limit")).offset(bindparam("offset") if shape.skip else None)

    @cached_property
    def total(self) -> Select[Any]:
        """How many rows there are on all pages."""
        return select(func.count()).select_from(self.shape.view.model).where(*self._conditions())

    def _conditions(self, ordered: Sequence[ColumnElement[Any]] = ()) -> list[ColumnElement[bool]]:
        shape, view, roles = self.shape, self.shape.view, self.shape.roles
        if shape.whole:
            return []
        conditions = [view.readable(roles, view.model)]
        conditions += [_asked(view, view.model, roles, each, each.steps) for each in shape.filters]
        conditions += [_found(view, roles, f"word__{index}") for index in range(shape.words)]
        if shape.sorted:
            conditions += [view.rule(roles, name, view.model) for name, _ in shape.order]
        if shape.after is not None and ordered:
            bounds = [bindparam(f"after__{i}", type_=column.type) for i, column in enumerate(ordered)]
            nullable = [_nullable(column) for column in ordered]
            conditions.append(_beyond(ordered, [down for _, down in shape.order], bounds, nullable, shape.after))
        return conditions


# Conditions


def _asked(view: "View", row: Any, roles: Roles, asked: Filter, steps: tuple[str, ...]) -> ColumnElement[bool]:
    """What a filter asks of the field at the end of `steps`, with the rules of all that stand on the way."""
    name, rule = steps[0], view.rule(roles, steps[0], row)
    if len(steps) > 1:
        target = view.links[name].view()
        other = aliased(target.model)
        inner = _asked(target, other, roles, asked, steps[1:])
        there = other.id == view.column(name, row)
        return and_(rule, exists(select(other.id).where(there, target.readable(roles, other), inner)))
    if name not in view.fields:
        return and_(rule, _linked(view.links[name], row, roles, bindparam(f"filter__{asked.name}")))
    return and_(rule, _compared(view.column(name, row), view.kinds[name], asked))


def _compared(column: ColumnElement[Any], kind: Kind, asked: Filter) -> ColumnElement[bool]:
    name = f"filter__{asked.name}"
    value: ColumnElement[Any] = bindparam(name, type_=kind.type)
    match asked.operator:
        case "isnull":
            return column.is_(None) if asked.value else column.is_not(None)
        case "in":
            return sql.among(column, name)
        case "ne" if _nullable(column):
            return column.is_distinct_from(value)
        case "" if isinstance(column.type, Items):
            return sql.holds(column, value)
    return COMPARISONS[asked.operator](column, value)


COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "": eq,
    "ne": ne,
    "lt": lt,
    "lte": le,
    "gt": gt,
    "gte": ge,
    "contains": sql.contains,
}


def _linked(link: Any, row: Any, roles: Roles, id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the row with this id is one that `row` is linked to through a table of pairs."""
    pairs, view = link.here.table.alias(), link.view()
    other = aliased(view.model)
    joined = select(other.id).join(pairs, pairs.c[link.there.name] == other.id)
    return exists(joined.where(pairs.c[link.here.name] == row.id, other.id == id, view.readable(roles, other)))


def _found(view: "View", roles: Roles, word: str) -> ColumnElement[bool]:
    """One word stands in one of the fields that are searched."""
    return or_(
        *(
            and_(view.rule(roles, name, view.model), sql.contains(column, bindparam(word, type_=column.type)))
            for name in view.search
            for column in [view.column(name, view.model)]
        )
    )


# Order


def _ordered(view: "View", row: Any, roles: Roles, order: Order, *, asked: bool = False) -> list[ColumnElement[Any]]:
    """What rows are sorted by. In an order that nobody asked for, what the caller may not read counts as null."""
    columns = []
    for name, _ in order:
        column, rule = view.column(name, row), view.rule(roles, name, row)
        columns.append(column if asked or decided(rule) else case((rule, column)))
    return columns


def _directed(columns: Sequence[ColumnElement[Any]], order: Order) -> list[ColumnElement[Any]]:
    """Nulls are last in both directions, which is said only where there can be any: an index does not know it."""
    directed = [column.desc() if down else column.asc() for column, (_, down) in zip(columns, order, strict=True)]
    return [each.nulls_last() if _nullable(column) else each for each, column in zip(directed, columns, strict=True)]


def _nullable(column: ColumnElement[Any]) -> bool:
    return getattr(column, "nullable", True)


def _beyond(
    columns: Sequence[Any], down: Sequence[bool], bounds: Sequence[Any], nullable: Sequence[bool], null: Sequence[bool]
) -> ColumnElement[bool]:
    """Rows after the bounds. One direction throughout, without nulls, is a row comparison, which an index serves."""
    if not any(nullable) and len(set(down)) == 1:
        left, right = tuple_(*columns), tuple_(*bounds)
        return left < right if down[0] else left > right
    column, bound = columns[0], bounds[0]
    rest = _beyond(columns[1:], down[1:], bounds[1:], nullable[1:], null[1:])
    if null[0]:
        return and_(column.is_(None), rest)
    after = or_(column < bound if down[0] else column > bound, and_(column == bound, rest))
    if nullable[0]:
        return or_(after, column.is_(None))
    return and_(column <= bound if down[0] else column >= bound, after)  # the first half is what an index serves


# Rows and what they become


@lru_cache(1024)
def struct(names: tuple[str, ...]) -> Any:
    """A struct with these fields, encoded as an object without those that are UNSET."""
    return msgspec.defstruct("Row", [(name, Any | msgspec.UnsetType) for name in names], gc=False)


@dataclass(slots=True)
class Node:
    """Where in a statement's rows the values of one table's row stand, and what they become."""

    start: int
    names: list[str] = field(default_factory=list)
    key: int = 0
    one: list[tuple[int, "Node | None"]] = field(default_factory=list)
    guarded: list[tuple[int, int]] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)
    many: list[tuple[str, int]] = field(default_factory=list)
    make: Any = None

    def build(self, row: Sequence[Any], found: Found) -> Any:
        """The row's object. Its links to many are lists in `found`, which are filled later."""
        values = list(row[self.start : self.start + len(self.names)])
        for place, node in self.one:
            values[place] = None if node is None or row[node.key] is None else node.build(row, found)
        for place in self.exact:
            values[place] = None if values[place] is None else format(values[place], "f")
        for place, flag in self.guarded:
            if not row[flag]:
                values[place] = msgspec.UNSET
        for _, link in self.many:
            values.append([] if link < 0 else found[link].setdefault(row[self.key], []))
        return self.make(*values)


class Level:
    """One statement: a table, the rows that its links to one lead to, and further statements for links to many."""

    def __init__(
        self, view: "View", row: Any, roles: Roles, fields: tuple[str, ...], expand: Tree, *, whole: bool = False
    ) -> None:
        self.row, self.roles, self.whole = row, roles, whole
        self.columns: list[ColumnElement[Any]] = []
        self.joins: list[tuple[Any, ColumnElement[bool]]] = []
        self.links: list[Children] = []
        self.node = self._node(view, row, fields, expand)

    def add(self, column: ColumnElement[Any]) -> int:
        """Where in a row this column stands, which is selected from now on."""
        for place, known in enumerate(self.columns):
            if known is column:
                return place
        self.columns.append(column)
        return len(self.columns) - 1

    def statement(self) -> Select[Any]:
        """All that is selected, without conditions on the table itself."""
        columns = [column.label(f"c{place}") for place, column in enumerate(self.columns)]
        statement = select(*columns).select_from(self.row)
        for other, on in self.joins:
            statement = statement.outerjoin(other, on)
        return statement

    def _node(self, view: "View", row: Any, fields: tuple[str, ...], expand: Tree) -> Node:
        tree, roles = dict(expand), self.roles
        if self.whole:
            tree = {name: () for name, link in view.links.items() if link.is_part}
        wanted = [name for name in view.fields if not fields or name in fields or name in tree]
        rules = {name: view.rule(roles, name, row) for name in wanted}
        node = Node(len(self.columns), [name for name in wanted if decided(rules[name]) is not False])
        self.columns += [view.column(name, row) for name in node.names]
        node.key = self.add(view.column("id", row))
        for place, name in enumerate(node.names):
            column = self.columns[node.start + place]
            if isinstance(column.type, Exact) and column.type.scale > 6:  # where Python would write an exponent
                node.exact.append(place)
            if decided(rules[name]) is not True:
                node.guarded.append((place, self.add(rules[name])))
            if name in tree:
                node.one.append((place, self._joined(view.links[name].view(), column, tree[name])))
        for name, link in view.links.items():
            if name in tree and name not in view.fields and decided(view.rule(roles, name, row)) is not False:
                node.many.append((name, self._many(link, tree[name])))
        node.make = struct((*node.names, *(name for name, _ in node.many)))
        return node

    def _joined(self, view: "View", column: ColumnElement[Any], expand: Tree) -> Node | None:
        other = aliased(view.model)
        rule = view.read(self.roles, other)
        if decided(rule) is False:
            return None
        self.joins.append((other, and_(other.id == column, rule)))
        return self._node(view, other, (), expand)

    def _many(self, link: "Link", expand: Tree) -> int:
        children = Children(link, self.roles, expand, whole=self.whole)
        if children.is_empty:
            return -1
        self.links.append(children)
        return len(self.links) - 1

    async def fetch(self, db: AsyncConnection, values: Values, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """What these rows become, with all that their links lead to."""
        node = self.node
        if not (node.one or node.guarded or node.exact or node.many):
            make, end = node.make, len(node.names)
            return [make(*row[:end]) for row in rows]
        found: Found = [{} for _ in self.links]
        items = [node.build(row, found) for row in rows]
        for children, lists in zip(self.links, found, strict=True):
            if lists:
                await children.fill(db, values, lists)
        return items


class Children:
    """The rows that one link leads to from many rows, in one statement."""

    def __init__(self, link: "Link", roles: Roles, expand: Tree, *, whole: bool) -> None:
        view = link.view()
        row = aliased(view.model)
        rule = link.rule(roles, row)
        self.is_empty = decided(rule) is False
        self.level = Level(view, row, roles, (), expand, whole=whole)
        of, joined = link.of(row)
        self.parent = self.level.add(of)
        statement = self.level.statement()
        if joined is not None:
            statement = statement.join(*joined)
        statement = statement.where(rule, sql.among(of, "ids"))
        ordered = _ordered(view, row, roles, view.inner_order)
        self.statement = statement.order_by(*_directed(ordered, view.inner_order)).limit(literal(MOST_LINKED + 1))

    async def fill(self, db: AsyncConnection, values: Values, lists: dict[Any, list[Any]]) -> None:
        """Add the rows to the lists of those that they belong to. Raises Invalid where they are too many."""
        rows = (await db.execute(self.statement, {**values, "ids": list(lists)})).all()
        if len(rows) > MOST_LINKED:
            message = f"It leads to more than {MOST_LINKED} rows: ask for fewer at once."
            raise Invalid([FieldError("expand", "expand", message)])
        for row, child in zip(rows, await self.level.fetch(db, values, rows), strict=True):
            lists[row[self.parent]].append(child)
