"""Bodies with their parts and links: planned against the rows that there are, checked as a whole, written by level.

Every level is one query, and every table one statement for its new rows, however many rows there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Insert, Select, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.caller import Caller, Key, Roles
from app.core.constraints import told
from app.core.errors import FieldError, Invalid
from app.core.forms import Form, Linked, Nested, Values, bound, changed, insertion, sent, tenant_of
from app.core.schemas import Body
from app.core.sql import among
from app.core.views import View

MISSING = "There is no such row, or it may not be read."


@dataclass(slots=True)
class Node:
    """A body on its way into the database."""

    form: Form
    body: Body
    path: str = ""
    """Where the body stands in the whole body: `lines.0`."""
    row: Mapping[str, Any] | None = None
    """The row as it is; None where the body makes a new one."""
    whole: bool = True
    """Whether absent fields return to their defaults."""
    given: Values = field(default_factory=dict)
    """Columns that no body has: the whole that a part belongs to."""
    children: dict[str, list["Node"]] = field(default_factory=dict)
    gone: dict[str, list[Key]] = field(default_factory=dict)
    """The parts that are no longer there."""
    linked: dict[str, tuple[list[Key], list[Key]]] = field(default_factory=dict)
    """The links that are new, and those that are gone."""

    @property
    def names(self) -> frozenset[str]:
        return sent(self.body, whole=self.whole)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


@dataclass(slots=True)
class Plan:
    """What is to be written, and what is wrong with it."""

    db: AsyncConnection
    caller: Caller
    values: Values
    """What statements are bound to."""
    errors: list[FieldError] = field(default_factory=list)
    wanted: dict[View, dict[Key, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """The rows that are newly referred to, and where."""

    async def check(self, node: Node) -> None:
        """Find the rows that a body is about. Raises Invalid with everything that is wrong with it."""
        await self._grow(node.form, [node])
        for view, places in self.wanted.items():
            readable = await self._readable(view, list(places))
            self.errors += [
                FieldError(path, "not_found", MISSING) for id in places.keys() - readable for path in places[id]
            ]
        if self.errors:
            raise Invalid(sorted(self.errors, key=lambda error: error.field))

    async def _grow(self, form: Form, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._refer(node)
        for name, nested in form.parts.items():
            parents = [node for node in nodes if name in node.names]
            rows = await self._parts(nested, [node.row["id"] for node in parents if node.row])
            for node in parents:
                self._nest(node, name, nested, rows[node.row["id"]] if node.row else {})
            await self._grow(nested.form, [child for node in parents for child in node.children[name]])
        for name, link in form.links.items():
            parents = [node for node in nodes if name in node.names]
            pairs = await self._links(link, [node.row["id"] for node in parents if node.row])
            for node in parents:
                self._link(node, name, link, pairs[node.row["id"]] if node.row else [])

    def _refer(self, node: Node) -> None:
        """Note the rows that a body newly refers to, and the fields that it may not hold."""
        form, row = node.form, node.row
        for name in node.body.model_fields_set & (form.references.keys() | form.once | {form.owner or ""}):
            value, path = getattr(node.body, name), node.at(name)
            if row is not None and row[form.column(name)] == value:
                continue
            if (name == form.owner and "admin" not in self.caller.roles) or (row is not None and name in form.once):
                self.errors.append(FieldError(path, "read_only", "This field is set by the application."))
            elif name in form.references and value is not None:
                self.wanted[form.references[name]][value].append(path)

    def _nest(self, node: Node, name: str, nested: Nested, rows: dict[Key, Any]) -> None:
        given = {nested.whole.key: node.row["id"]} if node.row else {}
        node.children[name] = []
        left = dict(rows)
        for index, item in enumerate(getattr(node.body, name)):
            child = Node(nested.form, item, f"{node.at(name)}.{index}", given=given)
            if "id" in item.model_fields_set:
                child.row, child.whole = left.pop(item.id, None), node.whole
                if child.row is None:
                    code, message = (
                        ("duplicate", "This id stands twice.") if item.id in rows else ("not_found", MISSING)
                    )
                    self.errors.append(FieldError(child.at("id"), code, message))  # type: ignore[arg-type]
            node.children[name].append(child)
        node.gone[name] = list(left)

    def _link(self, node: Node, name: str, link: Linked, there: list[Key]) -> None:
        ids: list[Key] = list(dict.fromkeys(getattr(node.body, name)))
        new = [id for id in ids if id not in there]
        node.linked[name] = new, [id for id in there if id not in ids]
        for id in new:
            self.wanted[link.view][id].append(f"{node.at(name)}.{getattr(node.body, name).index(id)}")

    async def _readable(self, view: View, ids: list[Key]) -> set[Key]:
        statement = readable(view, self.caller.roles, "row__tenant" in self.values)
        return set((await self.db.execute(statement, {**self.values, "row__ids": ids})).scalars())

    async def _parts(self, nested: Nested, ids: list[Key]) -> dict[Key, dict[Key, Any]]:
        """The parts that there are of each of these rows, by their ids."""
        found: dict[Key, dict[Key, Any]] = defaultdict(dict)
        if ids:
            statement = _current(nested, self.caller.roles)
            for row in (await self.db.execute(statement, {**self.values, "row__ids": ids})).mappings():
                found[row[nested.whole.key]][row["id"]] = row
        return found

    async def _links(self, link: Linked, ids: list[Key]) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = defaultdict(list)
        if ids:
            for here, there in await self.db.execute(_pairs(link), {"row__ids": ids}):
                found[here].append(there)
        return found

    async def write(self, form: Form, nodes: Sequence[Node]) -> dict[int, Key]:
        """Write bodies of one table with what is in them; the ids of their rows, by the identity of their nodes."""
        within = nodes[0].path.rpartition(".")[0] if nodes else ""
        with told(within):
            ids = await self._insert(form, [node for node in nodes if node.row is None])
            for node in nodes:
                if node.row is not None:
                    ids[id(node)] = node.row["id"]
                    await self._change(node)
        await self.write_inner(form, nodes, ids)
        return ids

    async def write_inner(self, form: Form, nodes: Sequence[Node], ids: Mapping[int, Key]) -> None:
        """Write the parts and links of rows that are written."""
        for name, nested in form.parts.items():
            with told(name, deleting=True):
                await self._delete(nested.form, [gone for node in nodes for gone in node.gone.get(name, ())])
            children = []
            for node in nodes:
                for child in node.children.get(name, ()):
                    child.given = {nested.whole.key: ids[id(node)]}
                    children.append(child)
            await self.write(nested.form, children)
        for name, link in form.links.items():
            with told(name):
                await self._relink(link, [(ids[id(node)], *node.linked[name]) for node in nodes if name in node.linked])

    async def _insert(self, form: Form, nodes: Sequence[Node]) -> dict[int, Key]:
        """Make rows: all at once where they give the same columns and nothing is made within them."""
        made = [form.made(self.caller, form.values(node.body, node.names)) | node.given for node in nodes]
        shapes = [frozenset(values) for values in made]
        rows = [{**self.values, **bound(values)} for values in made]
        if len(nodes) > 1 and len(set(shapes)) == 1 and not (form.parts or form.links):
            await self.db.execute(insertion(form, shapes[0]), rows)
            return {}
        statements = [insertion(form, shape).returning(form.view.model.id) for shape in shapes]
        keys = [await self.db.scalar(statement, row) for statement, row in zip(statements, rows, strict=True)]
        return {id(node): key for node, key in zip(nodes, keys, strict=True)}

    async def _change(self, node: Node) -> None:
        """Change a part, where its body says anything new."""
        assert node.row is not None
        values, default = changes(node.form, node.body, node.whole, node.row)
        if values or default:
            model = node.form.view.model
            statement = changed(node.form, frozenset(values), default).where(model.id == bindparam("row__id"))
            await self.db.execute(
                statement, {**self.values, **bound({**node.row, **values}), "row__id": node.row["id"]}
            )

    async def _delete(self, form: Form, ids: list[Key]) -> None:
        if ids:
            await self.db.execute(_deletion(form), {"row__ids": ids})

    async def _relink(self, link: Linked, rows: Sequence[tuple[Key, list[Key], list[Key]]]) -> None:
        gone = [{"row__here": row, "row__there": id} for row, _, old in rows for id in old]
        new = [{"row__here": row, "row__there": id} for row, fresh, _ in rows for id in fresh]
        if gone:
            await self.db.execute(_unlinking(link), gone)
        if new:
            await self.db.execute(_linking(link), new)


def changes(form: Form, body: Body, whole: bool, row: Mapping[str, Any]) -> tuple[Values, frozenset[str]]:
    """The columns that a body changes in a row, and those that return to a default that the database works out."""
    names = sent(body, whole=whole)
    values = {name: value for name, value in form.values(body, names).items() if row[name] != value}
    kept = {form.column(name) for name in body.model_fields_set | form.once}
    return values, frozenset(form.defaults.keys() - kept if whole else ())


@lru_cache(1024)
def readable(view: View, roles: Roles, within: bool) -> Select[Any]:
    """Which of the rows `row__ids` the caller may refer to. They stay while the transaction lasts: deleting waits."""
    model = view.model
    rules = [among(model.id, "row__ids"), view.readable(roles, model)]
    if within and (tenant := tenant_of(model)) is not None:
        rules.append(tenant == bindparam("row__tenant"))
    return select(model.id).where(*rules).order_by(model.id).with_for_update(read=True, key_share=True, of=model)


@lru_cache(1024)
def _current(nested: Nested, roles: Roles) -> Select[Any]:
    view, model = nested.form.view, nested.form.view.model
    mine = among(nested.whole, "row__ids"), view.narrow(roles, model)
    return select(*model.__table__.c).where(*mine).order_by(model.id)


@lru_cache(256)
def _deletion(form: Form) -> Delete:
    return delete(form.view.model).where(among(form.view.model.id, "row__ids"))


@lru_cache(256)
def _pairs(link: Linked) -> Select[Any]:
    return select(link.here, link.there).where(among(link.here, "row__ids")).order_by(link.there)


@lru_cache(256)
def _linking(link: Linked) -> Insert:
    values = {
        link.here: bindparam("row__here", type_=link.here.type),
        link.there: bindparam("row__there", type_=link.there.type),
    }
    return insert(link.here.table).values(values)


@lru_cache(256)
def _unlinking(link: Linked) -> Delete:
    return delete(link.here.table).where(link.here == bindparam("row__here"), link.there == bindparam("row__there"))
