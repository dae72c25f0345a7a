"""Reading: what a caller may see of a table, filtered, sorted, expanded and paged, as JSON.

A `View` names the fields and links that HTTP shows of a table and the policy that scopes every query. One statement
answers for the table and all links to one row, and one more for each link to many.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, partial
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from fastapi import Request, Response
from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, and_, func, true, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from app.core import cursors, database, export, schemas, statements, types
from app.core.caller import Caller, Key, Roles, decided
from app.core.errors import Forbidden, NotFound, Problem, Unauthorized
from app.core.plans import Build, Level, Plan, Shape, plan_of
from app.core.queries import EXPORT, ITEM, LIST, Kind, Query, complete, directions, documented, kind, read_query

Field = InstrumentedAttribute[Any] | Callable[[Any], ColumnElement[Any]]  # a column, or what is worked out of a row
Policy = Callable[[Roles, Any], ColumnElement[bool]]

encode = msgspec.json.Encoder(decimal_format="string").encode


class Page(msgspec.Struct):
    items: list[Any]
    next: str | None
    total: int | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True)
class Link:
    """What `expand` follows."""

    view: "Callable[[], View]"
    is_part: ClassVar[bool] = False

    def rule(self, roles: Roles, row: Any) -> ColumnElement[bool]:
        """Which of the rows beyond are shown."""
        return self.view().readable(roles, row)

    def of(self, row: Any) -> tuple[ColumnElement[Any], tuple[Any, ColumnElement[bool]] | None]:
        """The key of the row that `row` belongs to, and what has to be joined for it."""
        raise NotImplementedError


class One(Link):
    """A link to one row, whose id is the field's value."""


@dataclass(frozen=True)
class Many(Link):
    """A link to the rows whose column `by` holds this row's id."""

    by: InstrumentedAttribute[Any]

    def of(self, row: Any) -> tuple[ColumnElement[Any], tuple[Any, ColumnElement[bool]] | None]:
        return getattr(row, self.by.key), None


class Parts(Many):
    """A link to what this row is made of: whoever may read it may read them, as far as they are not narrowed."""

    is_part = True

    def rule(self, roles: Roles, row: Any) -> ColumnElement[bool]:
        return self.view().narrow(roles, row)


@dataclass(frozen=True)
class ManyToMany(Link):
    """A link through a table of pairs: `here` holds this row's id, `there` that of the other."""

    here: TableColumn[Any]
    there: TableColumn[Any]

    def of(self, row: Any) -> tuple[ColumnElement[Any], tuple[Any, ColumnElement[bool]] | None]:
        return self.here, (self.here.table, self.there == row.id)


def everyone(roles: Roles, row: Any) -> ColumnElement[bool]:
    """anyone"""
    return true()


@dataclass(eq=False)
class View:
    """What HTTP shows of one table.

    fields: by their names in JSON, in the order of the answer.
    read: the rows that a caller with these roles may see; live: those that are not deleted.
    narrow: for parts, which of the parts of a row that is seen are seen.
    links: what `expand` follows; a link to one row has the name of the field that holds its id.
    rules: who may read single fields.
    search: what `q` searches.
    sort: what lists can be sorted by, beside the key and the timestamps; order: how they are if not told.
    optional: the computed fields that may be null.
    key: what a path holds of a row's id.
    lasting: whether every change of the answer raises the row's version, so that 304 is true.
    """

    model: Any
    _: KW_ONLY
    name: str
    fields: Mapping[str, Field]
    read: Policy
    live: Callable[[Any], ColumnElement[bool]] | None = None
    narrow: Policy = everyone
    links: Mapping[str, Link] = field(default_factory=dict)
    rules: Mapping[str, Policy] = field(default_factory=dict)
    search: Sequence[str] = ()
    sort: Sequence[str] = ()
    order: Sequence[str] = ("-id",)
    optional: Sequence[str] = ()
    key: Any = schemas.Id
    lasting: bool = True

    list_parameters = property(partial(documented, takes=LIST))
    item_parameters = property(partial(documented, takes=ITEM))
    export_parameters = property(partial(documented, takes=EXPORT))

    def __post_init__(self) -> None:
        self.sortable = {*self.sort} | (self.fields.keys() & {"id", "created_at", "updated_at"})
        self.list_order = complete(directions(self.order))
        self.inner_order = complete(directions(self.order if self.order != ("-id",) else ("id",)))

    def readable(self, roles: Roles, row: Any) -> ColumnElement[bool]:
        """The rows that a caller with these roles meets."""
        return self.read(roles, row) if self.live is None else and_(self.read(roles, row), self.live(row))

    def rule(self, roles: Roles, name: str, row: Any) -> ColumnElement[bool]:
        """Whether a caller with these roles may read a field of a row that they may read."""
        return self.rules[name](roles, row) if name in self.rules else true()

    def column(self, name: str, row: Any) -> ColumnElement[Any]:
        """A field of `row`, which is the model or an alias of it."""
        found = self.fields[name]
        column: ColumnElement[Any] = getattr(row, found.key) if isinstance(found, InstrumentedAttribute) else found(row)
        if isinstance(found, InstrumentedAttribute) or database.SQLITE or not isinstance(column.type, types.Exact):
            return column
        return type_coerce(func.round(column, column.type.scale), column.type)  # a sum of nothing has no places

    def one(self, name: str) -> "View | None":
        """The view of the row that a field refers to."""
        link = self.links.get(name)
        return link.view() if isinstance(link, One) else None

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What filters can ask, by field or link to many."""
        kinds = {name: self._kind(name) for name in self.fields}
        many = {name: link.view()._kind("id") for name, link in self.links.items() if isinstance(link, ManyToMany)}
        return kinds | {name: Kind(("",), key.form, key.type) for name, key in many.items()}

    def _kind(self, name: str) -> Kind:
        column = self.column(name, self.model)
        found = kind(column.type, is_reference=isinstance(self.links.get(name), One))
        stored = isinstance(self.fields[name], InstrumentedAttribute)
        nullable = column.nullable if stored else name in self.optional
        return Kind((*found.operators, "isnull"), found.form, found.type) if nullable else found

    def made(self, level: Level, row: Any, names: Sequence[str], key: int) -> list[tuple[int, int, Build]]:
        """What is made of a row after it was read: its place among the names, the key's, and what makes it. Nothing."""
        return []

    async def page(self, caller: Caller, request: Request) -> Response:
        """One page of a list. Raises Unauthorized, Forbidden, Invalid."""
        self.allow(caller)
        query = read_query(self, request.scope["query_string"], LIST)
        plan, values = self.listed(caller, query)
        async with database.reading() as db:
            rows = await statements.rows(db, plan.statement, values)
            more, rows = len(rows) > query.limit, rows[: query.limit]
            items = await plan.level.fetch(db, values, rows)
            total = await statements.rows(db, plan.total, values) if query.count else [[msgspec.UNSET]]
        last = [rows[-1][place] for place in plan.keys] if more else []
        page = Page(items, cursors.write(last, self._bond(caller, query)) if more else None, total[0][0])
        return _json(page, {"Link": _next_link(request, page.next)} if page.next else None)

    async def item(self, caller: Caller, id: Key, request: Request) -> Response:
        """One row. Raises Unauthorized, NotFound, Invalid."""
        self.allow(caller, NotFound(self.name))
        query = read_query(self, request.scope["query_string"], ITEM)
        plan = plan_of(Shape(self, caller.roles, query.fields, query.expand, one=True))
        values = caller.bound | {"id": id}
        async with database.reading() as db:
            rows = await statements.rows(db, plan.statement, values)
            if not rows:
                raise NotFound(self.name)
            tag = None if query.fields or query.expand else etag(rows[0][plan.version])
            if tag and self.lasting and _has(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers={"ETag": tag})
            [item] = await plan.level.fetch(db, values, rows)
        return _json(item, {"ETag": tag} if tag else None)

    async def written(self, db: database.Db, caller: Caller, id: Key) -> tuple[bytes, int]:
        """The row with its parts, as whoever has just written it is answered, and its version: whatever the rule."""
        plan = plan_of(Shape(self, caller.roles, one=True, whole=True))
        values = caller.bound | {"id": id}
        [row] = await statements.rows(db, plan.statement, values)
        return encode((await plan.level.fetch(db, values, [row]))[0]), row[plan.version]

    async def export(self, caller: Caller, request: Request) -> Response:
        """All rows of a list, streamed. Raises Unauthorized, Forbidden, Invalid."""
        self.allow(caller)
        query = read_query(self, request.scope["query_string"], EXPORT)
        return await export.stream(self, caller, query)

    def allow(self, caller: Caller, refusal: Problem | None = None) -> None:
        """Raises Unauthorized, or the refusal (else Forbidden), where the caller can read no row whatever it holds."""
        if decided(self.read(caller.roles, self.model)) is False:
            raise Unauthorized() if caller.id is None else refusal or Forbidden("read these")

    def listed(self, caller: Caller, query: Query, after: Sequence[Any] | None = None) -> tuple[Plan, dict[str, Any]]:
        """The plan of one page, and what its statement is bound to. after: what the row before it is sorted by."""
        order = complete(query.sort) if query.sort else self.list_order
        asked = query.fields, query.expand, query.filters, query.q is not None
        shape = Shape(self, caller.roles, *asked, order, bool(query.sort))
        values = caller.bound | query.values | {"limit": query.limit + 1, "offset": query.offset}
        if query.cursor is not None:
            after = cursors.read(query.cursor, plan_of(shape).types, self._bond(caller, query))
        if after is None:
            return plan_of(shape._replace(skip=query.offset > 0)), values
        values |= {f"after__{place}": value for place, value in enumerate(after)}
        return plan_of(shape._replace(after=tuple(value is None for value in after))), values

    def _bond(self, caller: Caller, query: Query) -> bytes:
        """What a cursor holds for: this list, as it was asked for, under this caller's rule."""
        return encode((self.model.__tablename__, query.asked, sorted(caller.roles), caller.id, caller.tenant))


def etag(version: int) -> str:
    """The strong ETag of a row."""
    return f'"{version}"'


def _has(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag, compared weakly (RFC 9110, 13.1.2)."""
    tags = {each.strip().removeprefix("W/") for each in header.split(",")} if header else set()
    return tag in tags or "*" in tags


def _json(body: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(body), headers=headers, media_type="application/json")


def _next_link(request: Request, cursor: str) -> str:
    kept = [pair for pair in parse_qsl(request.url.query, True) if pair[0] not in ("cursor", "offset")]
    return f'<{quote(request.scope["path"])}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
