"""Reading: one statement for a table and all links to one row, and one more for each link to many.

Rows stay tuples: a level knows where each value stands, and makes structs that are encoded once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from apps.core.caller import Caller, decided
from apps.core.errors import FieldError, Invalid
from apps.core.shown import Link, ManyToMany, Order, Rows
from apps.core.sql import Among, truth
from apps.core.statements import Given, Statement, Values

MOST_LINKED = 10_000  # the most rows that one link to many may add to an answer

Tree = tuple[tuple[str, Any], ...]  # links to follow, each with those to follow from there
Found = list[dict[Any, list[Any]]]  # for each link to many: the rows found for each key
Build = Callable[[Sequence[Any], Found], Any]
"""Makes the object of one of a statement's rows. Its links to many are lists that are filled later."""

encode = msgspec.json.Encoder(decimal_format="string").encode


@lru_cache(1024)
def struct(names: tuple[str, ...]) -> Any:
    """A struct with these fields, encoded as an object without those that are UNSET."""
    return msgspec.defstruct("Row", [(name, Any | msgspec.UnsetType) for name in names], gc=False)


@dataclass(frozen=True, slots=True)
class Sort:
    """One thing that rows are sorted by: the path of a column, or an expression, and the model field of its values."""

    column: Any
    kind: Any
    down: bool
    nullable: bool

    @property
    def expression(self) -> Any:
        return F(self.column) if isinstance(self.column, str) else self.column

    @property
    def directed(self) -> Any:
        """Nulls are last in both directions, which is said only where there can be any: an index does not know it."""
        last = True if self.nullable else None
        return self.expression.desc(nulls_last=last) if self.down else self.expression.asc(nulls_last=last)


def sorts(rows: Rows, caller: Caller, order: Order, *, asked: bool = False, prefix: str = "") -> list[Sort]:
    """What rows are sorted by. In an order that nobody asked for, what the caller may not read counts as null."""
    found = []
    for name, down in order:
        column, kind, rule = reached(rows, prefix, name), rows.field(name), rows.rule(caller, name)
        if asked or decided(rule):
            found.append(Sort(column, kind, down, rows.is_nullable(name)))
        elif decided(rule) is None:
            shown = F(column) if isinstance(column, str) else column
            held = Case(When(met(rows, prefix, rule), then=shown), output_field=kind)
            found.append(Sort(held, kind, down, nullable=True))
    return found


def reached(rows: Rows, prefix: str, name: str) -> Any:
    """A field of the row at the end of the prefix: the path of a column, or an expression."""
    column = rows.fields[name]
    if isinstance(column, str):
        return f"{prefix}{column}"
    if not prefix:
        return column()
    there = rows.model._base_manager.filter(pk=OuterRef(f"{prefix}pk")).annotate(worked__out=column())
    return Subquery(there.values("worked__out"))


def met(rows: Rows, prefix: str, rule: Q) -> Any:
    """That a rule holds for the row at the end of the prefix."""
    return Exists(rows.model._base_manager.filter(rule, pk=OuterRef(f"{prefix}pk"))) if prefix else rule


class Level:
    """One statement: a table, the rows that its links to one lead to, and further statements for links to many.

    whole: with parts, for whoever has just written the row; prefix: the way from the table to the rows that are shown.
    """

    def __init__(
        self,
        rows: Rows,
        caller: Caller,
        fields: Sequence[str] = (),
        expand: Tree = (),
        *,
        whole: bool = False,
        prefix: str = "",
    ) -> None:
        self.caller, self.whole = caller, whole
        self.columns: list[str] = []
        self.annotations: dict[str, Any] = {}
        self.links: list[Children] = []
        self.names, self.key, self.build = self._row(rows, prefix, fields, expand)

    def add(self, column: Any) -> int:
        """Where in a row this column stands, which is selected from now on."""
        if not isinstance(column, str):
            name = f"x__{len(self.annotations)}"  # no field is called so
            self.annotations[name], column = column, name
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def held(self, rows: Rows, prefix: str, rule: Q) -> int:
        """Where in a row stands whether a rule holds for the row at the end of the prefix."""
        return self.add(met(rows, prefix, rule) if prefix else truth(rule))

    def select(self, found: "QuerySet[Any]") -> "QuerySet[Any, tuple[Any, ...]]":
        """The rows as tuples of all that is selected."""
        selected: QuerySet[Any, tuple[Any, ...]] = found.annotate(**self.annotations).values_list(*self.columns)
        return selected

    def fetch(self, found: Sequence[Sequence[Any]], values: Values) -> list[Any]:
        """What these rows become, with all that their links to many lead to. values: what these are given."""
        beyond: Found = [{} for _ in self.links]
        items = [self.build(row, beyond) for row in found]
        for children, lists in zip(self.links, beyond, strict=True):
            if lists:
                children.fill(lists, values)
        return items

    def _row(self, rows: Rows, prefix: str, fields: Sequence[str], expand: Tree) -> tuple[list[str], int, Build]:
        """Select a row: the names of its fields, where its key stands, and what makes its object."""
        tree = dict(expand)
        if self.whole and not prefix:
            tree = {name: () for name, link in rows.links.items() if link.is_part}
        rules = {name: rows.rule(self.caller, name) for name in (*rows.fields, *tree)}
        shown = [name for name, rule in rules.items() if decided(rule) is not False]
        names = [name for name in shown if name in rows.fields and (not fields or name in fields or name in tree)]
        many = [name for name in shown if name not in rows.fields]
        places = [self.add(reached(rows, prefix, name)) for name in names]
        key = self.add(f"{prefix}{rows.keyed.attname}")
        decimals = [
            (at, rows.field(name)) for at, name in enumerate(names) if hasattr(rows.field(name), "decimal_places")
        ]
        exact = [(at, field.decimal_places) for at, field in decimals if callable(rows.fields[names[at]])]
        long = [at for at, field in decimals if field.decimal_places > 6]
        flags = [
            (at, self.held(rows, prefix, rules[name])) for at, name in enumerate(names) if decided(rules[name]) is None
        ]
        made = [
            (at, rows.assembled[name].build(self, rows, prefix))
            for at, name in enumerate(names)
            if name in rows.assembled
        ]
        one = [
            (at, *self._joined(rows.links[name].rows, f"{prefix}{name}__", tree[name]))
            for at, name in enumerate(names)
            if name in tree
        ]
        lists = [self._linked(rows.links[name], tree[name]) for name in many]
        make = struct((*names, *many))

        def build(row: Sequence[Any], found: Found) -> Any:
            values = [row[place] for place in places]
            for at, scale in exact:
                values[at] = None if values[at] is None else Decimal(values[at]).quantize(Decimal(1).scaleb(-scale))
            for at in long:  # Python would write an exponent
                values[at] = None if values[at] is None else format(values[at], "f")
            for at, flag, other, build_one in one:
                values[at] = build_one(row, found) if row[flag] and row[other] is not None else None
            for at, build_made in made:
                values[at] = build_made(row, found)
            for at, flag in flags:
                values[at] = values[at] if row[flag] else msgspec.UNSET
            return make(*values, *[found[link].setdefault(row[key], []) for link in lists])

        return names, key, build

    def _joined(self, rows: Rows, prefix: str, expand: Tree) -> tuple[int, int, Build]:
        """The row that a reference leads to: whether it is shown, where its key stands, and what makes its object."""
        _, key, build = self._row(rows, prefix, (), expand)
        rule = rows.read(self.caller)
        return (key if decided(rule) else self.held(rows, prefix, rule)), key, build

    def _linked(self, link: Link, expand: Tree) -> int:
        self.links.append(Children(link, self.caller, expand, whole=self.whole))
        return len(self.links) - 1


class Children:
    """The rows that one link leads to from many rows, in one statement."""

    def __init__(self, link: Link, caller: Caller, expand: Tree, *, whole: bool) -> None:
        rows = link.rows
        if isinstance(link, ManyToMany):
            self.table, self.of, prefix = link.pairs(), f"{link.here}_id", f"{link.there}__"
        else:
            self.table, self.of, prefix = rows.model, f"{link.by}_id", ""
        self.level = Level(rows, caller, (), expand, whole=whole, prefix=prefix)
        self.parent = self.level.add(self.of)
        rule = link.rule(caller)
        found = self.table._base_manager.all()
        if decided(rule) is not True:
            found = found.filter(met(rows, prefix, rule) if decided(rule) is None else rule)
        ordered = sorts(rows, caller, rows.inner_order, prefix=prefix)
        found = found.order_by(*(each.directed for each in ordered))
        parents = Given("parents", self.table._meta.get_field(self.of), many=True)
        found = found.filter(Among(F(self.of), parents))
        self.statement = Statement(self.level.select(found)[: MOST_LINKED + 1])

    def fill(self, lists: Mapping[Any, list[Any]], values: Values) -> None:
        """Add the rows to the lists of those that they belong to. Raises Invalid where they are too many."""
        rows = self.statement.rows({**values, "parents": [*lists]})
        if len(rows) > MOST_LINKED:
            message = f"It leads to more than {MOST_LINKED} rows: ask for fewer at once."
            raise Invalid([FieldError("expand", "expand", message)])
        for row, child in zip(rows, self.level.fetch(rows, values), strict=True):
            lists[row[self.parent]].append(child)
