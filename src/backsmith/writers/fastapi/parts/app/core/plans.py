"""Statements by shape: each is built once for all requests that differ in bound values only.

Rows stay tuples: the plan of a statement knows where each value stands, and makes structs that are encoded once.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.core import errors, sql, statements
from app.core.caller import Roles, decided
from app.core.database import Db
from app.core.queries import Filter, Kind, Order, Tree
from app.core.types import Exact, Items

if TYPE_CHECKING:
    from app.core.views import Link, View

MOST_LINKED = 10_000  # the most rows that one link to many may add to an answer

Values = Mapping[str, Any]
Found = list[dict[Any, list[Any]]]  # for each link to many: the rows found for each key
Compare = Callable[[Any, Any], ColumnElement[bool]]
Build = Callable[[Sequence[Any], Found], Any]
"""Makes the object of one of a statement's rows. Its links to many are lists that are filled later."""


class Shape(NamedTuple):
    """All that decides a statement's text. `after`: which values of the cursor are null; `one`: the row with the id
    `id`; `whole`: that row for whoever has just written it, with its parts."""

    view: "View"
    roles: Roles
    fields: tuple[str, ...] = ()
    expand: Tree = ()
    filters: tuple[Filter, ...] = ()
    search: bool = False
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
            self.statement = self.level.statement.where(model.id == bindparam("id"), *self._conditions())
            return
        ordered = _ordered(view, model, shape.roles, shape.order, asked=shape.sorted)
        self.keys = [self.level.add(column) for column in ordered]
        self.types = [getattr(column.type, "impl_instance", column.type).python_type for column in ordered]
        rows = self.level.statement.where(*self._conditions(ordered)).order_by(*_directed(ordered, shape.order))
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
        conditions += [_found(view, roles)] if shape.search else []
        if shape.sorted:
            conditions += [view.rule(roles, name, view.model) for name, _ in shape.order]
        if shape.after is not None and ordered:
            bounds = [bindparam(f"after__{i}", type_=column.type) for i, column in enumerate(ordered)]
            nullable = [_nullable(column) for column in ordered]
            conditions.append(_beyond(ordered, [down for _, down in shape.order], bounds, nullable, shape.after))
        return conditions


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
        return and_(rule, _paired(view.links[name], row, roles, bindparam(f"filter__{asked.name}")))
    return and_(rule, _compared(view.column(name, row), view.kinds[name], asked))


def _compared(column: ColumnElement[Any], kind: Kind, asked: Filter) -> ColumnElement[bool]:
    name = f"filter__{asked.name}"
    value: ColumnElement[Any] = bindparam(name, type_=kind.type)
    match asked.operator:
        case "isnull True" | "isnull False":
            return column.is_(None) if asked.operator == "isnull True" else column.is_not(None)
        case "in":
            return sql.among(column, name)
        case "ne" if _nullable(column):
            return column.is_distinct_from(value)
        case "" if isinstance(column.type, Items):
            return sql.holds(column, value)
    compare: dict[str, Compare] = {"": eq, "ne": ne, "lt": lt, "lte": le, "gt": gt, "gte": ge, "contains": sql.contains}
    return compare[asked.operator](column, value)


def _paired(link: Any, row: Any, roles: Roles, id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the row with this id is one that `row` is linked to through a table of pairs."""
    pairs, view = link.here.table.alias(), link.view()
    other = aliased(view.model)
    joined = select(other.id).join(pairs, pairs.c[link.there.name] == other.id)
    return exists(joined.where(pairs.c[link.here.name] == row.id, other.id == id, view.readable(roles, other)))


def _found(view: "View", roles: Roles) -> ColumnElement[bool]:
    """What is searched for stands in one of the fields that are searched."""
    columns = {name: view.column(name, view.model) for name in view.search}
    found = {name: sql.contains(column, bindparam("q", type_=column.type)) for name, column in columns.items()}
    return or_(*(and_(view.rule(roles, name, view.model), condition) for name, condition in found.items()))


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


@lru_cache(1024)
def struct(names: tuple[str, ...]) -> Any:
    """A struct with these fields, encoded as an object without those that are UNSET."""
    return msgspec.defstruct("Row", [(name, Any | msgspec.UnsetType) for name in names], gc=False)


class Level:
    """One statement: a table, the rows that its links to one lead to, and further statements for links to many."""

    def __init__(self, view: "View", row: Any, roles: Roles, fields: tuple[str, ...], tree: Tree, whole: bool) -> None:
        self.roles, self.whole, self.rows = roles, whole, select().select_from(row)
        self.columns: list[ColumnElement[Any]] = []
        self.links: list[Children] = []
        self.names, _, self.build = self._row(view, row, fields, tree)

    @property
    def statement(self) -> Select[Any]:
        """All that is selected, without conditions on the table itself."""
        return self.rows.add_columns(*self.labelled)

    @cached_property
    def labelled(self) -> list[ColumnElement[Any]]:
        return [column.label(f"c{place}") for place, column in enumerate(self.columns)]

    def add(self, column: ColumnElement[Any]) -> int:
        """Where in a row this column stands, which is selected from now on."""
        if not any(known is column for known in self.columns):
            self.columns.append(column)
        return next(place for place, known in enumerate(self.columns) if known is column)

    def _row(self, view: "View", row: Any, fields: tuple[str, ...], expand: Tree) -> tuple[list[str], int, Build]:
        """Select a row of this view: the names of its fields, where its key stands, and what makes its object."""
        tree, start = dict(expand), len(self.columns)
        if self.whole:
            tree = {name: () for name, link in view.links.items() if link.is_part}
        rules = {name: view.rule(self.roles, name, row) for name in (*view.fields, *tree)}
        shown = [name for name, rule in rules.items() if decided(rule) is not False]
        names = [name for name in shown if name in view.fields and (not fields or name in fields or name in tree)]
        many = [name for name in shown if name not in view.fields]
        self.columns += [view.column(name, row) for name in names]
        key, end = self.add(view.column("id", row)), start + len(names)
        types = [column.type for column in self.columns[start:end]]
        exact = [place for place, type_ in enumerate(types) if isinstance(type_, Exact) and type_.scale > 6]
        flags = [(place, self.add(rules[name])) for place, name in enumerate(names) if decided(rules[name]) is None]
        linked = [(place, name) for place, name in enumerate(names) if name in tree]
        one = [(place, *self._joined(view.links[name].view(), start + place, tree[name])) for place, name in linked]
        one += view.made(self, row, names, key)
        lists = [self._linked(view.links[name], tree[name]) for name in many]
        make = struct((*names, *many))
        if not (exact or flags or one or lists):
            return names, key, lambda row, _: make(*row[start:end])

        def build(row: Sequence[Any], found: Found) -> Any:
            values = list(row[start:end])
            for place in exact:  # Python would write an exponent
                values[place] = None if values[place] is None else format(values[place], "f")
            for place, other, made in one:
                values[place] = None if row[other] is None else made(row, found)
            for place, flag in flags:
                values[place] = values[place] if row[flag] else msgspec.UNSET
            return make(*values, *[found[link].setdefault(row[key], []) for link in lists])

        return names, key, build

    def _joined(self, view: "View", place: int, expand: Tree) -> tuple[int, Build]:
        """Join the row whose id stands at this place: where its key stands, and what makes its object."""
        column, other = self.columns[place], aliased(view.model)
        rule = view.read(self.roles, other)
        self.rows = self.rows.outerjoin(other, and_(other.id == column, rule))
        return self._row(view, other, (), expand)[1:]

    def _linked(self, link: "Link", expand: Tree) -> int:
        self.links.append(Children(link, self.roles, expand, whole=self.whole))
        return len(self.links) - 1

    async def fetch(self, db: Db, values: Values, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """What these rows become, with all that their links to many lead to."""
        found: Found = [{} for _ in self.links]
        items = [self.build(row, found) for row in rows]
        for children, lists in zip(self.links, found, strict=True):
            if lists:
                await children.fill(db, values, lists)
        return items


class Children:
    """The rows that one link leads to from many rows, in one statement."""

    def __init__(self, link: "Link", roles: Roles, expand: Tree, *, whole: bool) -> None:
        view, row = link.view(), aliased(link.view().model)
        self.level = Level(view, row, roles, (), expand, whole=whole)
        of, joined = link.of(row)
        self.parent = self.level.add(of)
        rows = self.level.statement if joined is None else self.level.statement.join(*joined)
        ordered = _directed(_ordered(view, row, roles, view.inner_order), view.inner_order)
        rows = rows.where(link.rule(roles, row), sql.among(of, "ids")).order_by(*ordered)
        self.statement = rows.limit(literal(MOST_LINKED + 1))

    async def fill(self, db: Db, values: Values, lists: dict[Any, list[Any]]) -> None:
        """Add the rows to the lists of those that they belong to. Raises Invalid where they are too many."""
        rows = await statements.rows(db, self.statement, {**values, "ids": list(lists)})
        if len(rows) > MOST_LINKED:
            message = f"It leads to more than {MOST_LINKED} rows: ask for fewer at once."
            raise errors.Invalid([errors.FieldError("expand", "expand", message)])
        for row, child in zip(rows, await self.level.fetch(db, values, rows), strict=True):
            lists[row[self.parent]].append(child)
