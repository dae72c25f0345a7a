"""What requests read, planned once for each kind of them: what is asked for, by callers of the same roles.

Who they are, when they ask, and what rows are compared with, is `Given` when a plan's statements run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import BigIntegerField, F, Q, QuerySet, UUIDField, Value

from apps.core import clock, filters, pagination
from apps.core.caller import Caller, Key, Rule, decided
from apps.core.filters import Asked
from apps.core.forms import tenant_of
from apps.core.queries import Query
from apps.core.rows import Level, Sort, Tree, sorts
from apps.core.shown import Order, Rows, complete
from apps.core.sql import Among, truth
from apps.core.statements import Given, Statement, Values

MOST = 500  # how many plans of one sort are kept

P = ParamSpec("P")
R = TypeVar("R")


def kept(make: Callable[Concatenate[Rows, Caller, P], R]) -> Callable[Concatenate[Rows, Caller, P], R]:
    """Keep what is made, for all callers of the same roles."""
    plans: dict[Any, R] = {}

    def found(rows: Rows, caller: Caller, /, *args: P.args, **options: P.kwargs) -> R:
        kind = rows, caller.roles, caller.id is None, caller.tenant is None, args, *options.values()
        if (plan := plans.get(kind)) is None:
            with clock.planning():
                plan = make(rows, _like(caller), *args, **options)
            if len(plans) >= MOST:
                plans.clear()
            plans[kind] = plan
        return plan

    return found


def _like(caller: Caller) -> Caller:
    """Anybody of the caller's roles, at any time."""
    anytime: Any = clock.At()
    return replace(caller, id=_key("caller", caller.id), tenant=_key("tenant", caller.tenant), at=anytime)


def who(caller: Caller) -> Values:
    """What every statement is given."""
    return {"caller": caller.id, "tenant": caller.tenant, "moment": caller.at}


def _key(name: str, key: Key | None) -> Any:
    return key if key is None else Given(name, UUIDField() if isinstance(key, UUID) else BigIntegerField())


@dataclass(frozen=True, slots=True)
class Item:
    """One row, named by its key, and where its version stands."""

    level: Level
    statement: Statement
    version: int

    def read(self, caller: Caller, key: Any) -> tuple[Any, int] | None:
        """What the row is shown as, and its version; None where the caller meets no such row."""
        values = {**who(caller), "key": key}
        row = self.statement.first(**values)
        return None if row is None else (self.level.fetch([row], values)[0], row[self.version])


@kept
def item(rows: Rows, caller: Caller, fields: tuple[str, ...], expand: Tree) -> Item:
    """One row, as its path is asked for it."""
    rule = rows.readable(caller)
    found = rows.model.objects.filter(*([] if decided(rule) else [rule]), pk=Given("key", rows.keyed))
    return _item(Level(rows, caller, fields, expand), found)


@kept
def whole(rows: Rows, caller: Caller) -> Item:
    """One row with its parts, whatever the rule, for whoever has just written it."""
    return _item(Level(rows, caller, whole=True), rows.model._base_manager.filter(pk=Given("key", rows.keyed)))


@dataclass(frozen=True, slots=True)
class Held:
    """One row as an object, locked until the transaction ends, and whether a rule holds for it."""

    model: type[models.Model]
    names: Sequence[str]
    statement: Statement

    def read(self, caller: Caller, key: Key) -> tuple[Any, bool] | None:
        """The row, and whether the rule holds; None where the caller meets no such row."""
        row = self.statement.first(**who(caller), key=key)
        return None if row is None else (self.model.from_db(connection.alias, self.names, row[:-1]), row[-1])


@kept
def held(rows: Rows, caller: Caller, rule: Rule, *, trash: bool, deleting: bool) -> Held:
    """A row that is about to change. trash: whether deleted rows are met."""
    met = rows.read(caller) if trash else rows.readable(caller)
    found = rows.model.objects.filter(met, pk=Given("key", rows.keyed)).annotate(rule__holds=truth(rule(caller)))
    names = [field.attname for field in rows.model._meta.concrete_fields]
    found = found.select_for_update(of=("self",), no_key=not deleting)
    return Held(rows.model, names, Statement(found.values_list(*names, "rule__holds")))


@kept
def holding(rows: Rows, caller: Caller, rule: Rule) -> Statement:
    """One row, where the rule holds for it."""
    return Statement(rows.model.objects.filter(rule(caller), pk=Given("key", rows.keyed)).values_list("pk"))


@kept
def referred(rows: Rows, caller: Caller, within: tuple[bool, ...]) -> Statement:
    """Those of some keys whose rows the caller meets. The rows stay while the transaction lasts: deleting waits.

    within: where they have to be of one tenant, whether there is one.
    """
    rules, tenant = [rows.readable(caller)], tenant_of(rows.model)
    if tenant is not None:
        field = rows.model._meta.get_field(tenant)
        rules += [Q(**{tenant: Given("within", field) if there else None}) for there in within]
    found = rows.model.objects.filter(*(rule for rule in rules if not decided(rule)))
    found = found.filter(Among(F("pk"), Given("keys", rows.keyed, many=True))).order_by("pk")
    return Statement(found.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _item(level: Level, found: "QuerySet[Any]") -> Item:
    version = level.add("version")
    return Item(level, Statement(level.select(found)[:1]), version)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its rows with the places of what they are sorted by, and how many there are in all."""

    level: Level
    statement: Statement
    keys: Sequence[int]
    count: Statement | None


def sorted_by(rows: Rows, caller: Caller, sort: Order) -> Sequence[Sort]:
    """What a list is sorted by."""
    return sorts(rows, caller, complete(sort) if sort else rows.list_order, asked=bool(sort))


order = kept(sorted_by)


def found(rows: Rows, caller: Caller, query: Query, asked: Sequence[Asked]) -> "QuerySet[Any]":
    """The rows that the caller may see and that are asked for."""
    rules = [rows.readable(caller), *(filters.condition(rows, caller, each) for each in asked)]
    rules += [_searched(rows, caller, query.q)] if query.q is not None else []
    rules += [rows.rule(caller, name) for name, _ in query.sort]
    found: QuerySet[Any] = rows.model.objects.filter(*(rule for rule in rules if not decided(rule)))
    return found


def _searched(rows: Rows, caller: Caller, text: str) -> Q:
    """What is searched for stands in one of the fields that are searched."""
    found = Q(pk__in=())
    for name in rows.search:
        rule, there = rows.rule(caller, name), Q(**{f"{rows.fields[name]}__icontains": text})
        found |= there if decided(rule) else there & rule
    return found


def page(rows: Rows, caller: Caller, query: Query, after: Sequence[Any] | None) -> Page:
    """A page behind these values, or the first one."""
    shapes = [filters.shape(rows, asked) for asked in query.filters]
    ends = None if after is None else tuple(each is None for each in after)
    if query.q is not None or None in shapes:  # what is searched for is part of the statement
        return _page(rows, caller, query, tuple(query.filters), ends)
    return _kept_page(rows, caller, query.fields, query.expand, query.sort, query.count, tuple(shapes), ends)


def page_values(caller: Caller, query: Query, after: Sequence[Any] | None) -> Values:
    """What a page's statements are given."""
    values = {**who(caller), "limit": query.limit + 1, "offset": query.offset}
    values |= {f"filter{place}": asked.value for place, asked in enumerate(query.filters)}
    return values | {f"end{place}": end for place, end in enumerate(after or ())}


@kept
def _kept_page(
    rows: Rows,
    caller: Caller,
    fields: tuple[str, ...],
    expand: Tree,
    sort: Order,
    count: bool,
    shapes: Sequence[Any],
    ends: Sequence[bool] | None,
) -> Page:
    asked = [filters.given(rows, shape, f"filter{place}") for place, shape in enumerate(shapes)]
    return _page(rows, caller, Query(sort=sort, fields=fields, expand=expand, count=count), asked, ends)


def _page(rows: Rows, caller: Caller, query: Query, asked: Sequence[Asked], ends: Sequence[bool] | None) -> Page:
    level, order = Level(rows, caller, query.fields, query.expand), sorted_by(rows, caller, query.sort)
    keys = [level.add(each.column) for each in order]
    every = found(rows, caller, query, asked)
    page = every
    if ends is not None:
        bounds = [None if end else Given(f"end{place}", order[place].kind) for place, end in enumerate(ends)]
        page = every.filter(pagination.beyond(order, bounds))
    page = page.order_by(*(each.directed for each in order))
    count = Statement(every.order_by().values_list(Value(1)), counted=True) if query.count else None
    return Page(level, Statement(level.select(page), paged=True), keys, count)
