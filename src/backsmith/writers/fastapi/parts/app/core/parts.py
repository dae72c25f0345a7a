"""Bodies with their parts and links: planned against the rows that there are, checked as a whole, written by level.

Every level is read with one query, however many rows it has.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select

from app.core import constraints, schemas
from app.core.caller import Caller, Key, Roles
from app.core.errors import Code, FieldError, Invalid
from app.core.forms import Form, Linked, Nested, Values, bound, changed, defaulted, insertion, tenant_of
from app.core.sql import among
from app.core.statements import rows
from app.core.views import View

MISSING = constraints.MESSAGES["not_found"]


@dataclass(slots=True)
class Node:
    """A body on its way into the database.

    path: where it stands in the whole body, `lines.0`; row: its row as it is, empty for a new one; whole: whether what
    is absent returns to its default, but for what is in `kept`; given: columns that no body has; gone: the parts that
    are no longer there; linked: the links that are new, and those that are gone.
    """

    form: Form
    body: schemas.Body
    path: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = True
    kept: frozenset[str] = frozenset()
    given: Values = field(default_factory=dict)
    id: Any = None
    children: dict[str, list["Node"]] = field(default_factory=dict)
    gone: dict[str, list[Key]] = field(default_factory=dict)
    linked: dict[str, tuple[list[Key], list[Key]]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """The fields that the body speaks of, be it by leaving them out."""
        kept = self.kept | (self.form.once if self.row else frozenset())
        return frozenset(self.body.model_fields_set | ((defaulted(type(self.body)) - kept) if self.whole else set()))

    @property
    def worked_out(self) -> frozenset[str]:
        """The columns that return to a default that the database works out."""
        named = self.body.model_fields_set | self.form.once | self.kept
        return frozenset(self.form.defaults.keys() - map(self.form.column, named) if self.whole else ())

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


@dataclass(slots=True)
class Plan:
    """What is to be written, and what is wrong with it. values: what statements are bound to."""

    db: Any
    caller: Caller
    values: Values
    errors: list[FieldError] = field(default_factory=list)
    wanted: dict[View, dict[Key, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """The rows that are newly referred to, and where."""

    async def check(self, node: Node, *, look: bool = True) -> None:
        """Find the rows that a body is about. Raises Invalid with everything that is wrong with it. look: whether the
        rows that it refers to are looked for, or left to the constraints."""
        await self._grow(node.form, [node])
        for view, places in self.wanted.items() if look else ():
            statement = _readable(view, self.caller.roles, "row__tenant" in self.values)
            found = await rows(self.db, statement, self.values | {"row__ids": list(places)})
            for id in places.keys() - {row[0] for row in found}:
                for path in places[id]:
                    self._refuse(path, "not_found", MISSING)
        if self.errors:
            raise Invalid(sorted(self.errors, key=lambda error: error.field))

    def _refuse(self, path: str, code: Code, message: str) -> None:
        self.errors.append(FieldError(path, code, message))

    async def _grow(self, form: Form, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._refer(node)
        for name, nested in form.parts.items():
            parents = [node for node in nodes if name in node.names]
            parts: dict[Key, dict[Key, Any]] = defaultdict(dict)
            for row in await self._found(_current(nested, self.caller.roles), parents):
                parts[row[nested.whole.key]][row["id"]] = row
            for node in parents:
                self._nest(node, name, nested, parts[node.id])
            await self._grow(nested.form, [child for node in parents for child in node.children[name]])
        for name, link in form.links.items():
            parents = [node for node in nodes if name in node.names]
            there: dict[Key, list[Key]] = defaultdict(list)
            for pair in await self._found(_pairs(link), parents):
                there[pair[link.here]].append(pair[link.there])
            for node in parents:
                self._link(node, name, link, there[node.id])

    def _refer(self, node: Node) -> None:
        """Note the rows that a body newly refers to, and the fields that it may not hold."""
        form, row = node.form, node.row
        for name in node.body.model_fields_set & (form.references.keys() | form.once | {form.owner}):
            value, path = getattr(node.body, name), node.at(name)
            if row and row[form.column(name)] == value:
                continue
            if (name == form.owner and "admin" not in self.caller.roles) or (row and name in form.once):
                self._refuse(path, "read_only", "This field is set by the application.")
            elif name in form.references and value is not None:
                self.wanted[form.references[name]][value].append(path)

    def _nest(self, node: Node, name: str, nested: Nested, rows: dict[Key, Any]) -> None:
        left, children = dict(rows), []
        for index, item in enumerate(getattr(node.body, name)):
            child = Node(nested.form, item, f"{node.at(name)}.{index}")
            if "id" in item.model_fields_set:
                child.id, child.whole, child.row = item.id, node.whole, left.pop(item.id, {})
                if not child.row and item.id in rows:
                    self._refuse(child.at("id"), "duplicate", "This id stands twice.")
                elif not child.row:
                    self._refuse(child.at("id"), "not_found", MISSING)
            children.append(child)
        node.children[name], node.gone[name] = children, list(left)

    def _link(self, node: Node, name: str, link: Linked, there: list[Key]) -> None:
        sent: list[Key] = getattr(node.body, name)
        new = [id for id in dict.fromkeys(sent) if id not in there]
        node.linked[name] = new, [id for id in there if id not in sent]
        for id in new:
            self.wanted[link.view][id].append(f"{node.at(name)}.{sent.index(id)}")

    async def _found(self, statement: Select[Any], nodes: Sequence[Node]) -> Sequence[Any]:
        """What there is of the rows that these bodies change."""
        ids = [node.id for node in nodes if node.row]
        return (await self.db.execute(statement, self.values | {"row__ids": ids})).mappings().all() if ids else ()

    async def write(self, form: Form, nodes: Sequence[Node]) -> None:
        """Write bodies of one table with what is in them."""
        with constraints.told(nodes[0].path.rpartition(".")[0] if nodes else ""):
            await self._insert(form, [node for node in nodes if not node.row])
            for node in nodes:
                if node.row:
                    await self._change(node)
        await self.write_inner(form, nodes)

    async def write_inner(self, form: Form, nodes: Sequence[Node]) -> None:
        """Write the parts and links of rows that are written."""
        for name, nested in form.parts.items():
            model = nested.form.view.model
            if gone := [id for node in nodes for id in node.gone.get(name, ())]:
                with constraints.told(name, deleting=True):
                    await self.db.execute(delete(model).where(among(model.id, "row__ids")), {"row__ids": gone})
            for node in nodes:
                for child in node.children.get(name, ()):
                    child.given = {nested.whole.key: node.id}
            await self.write(nested.form, [child for node in nodes for child in node.children.get(name, ())])
        for name, link in form.links.items():
            here, there = link.here.name, link.there.name
            linked = [(node.id, *node.linked[name]) for node in nodes if name in node.linked]
            if old := [{f"row__{here}": id, f"row__{there}": other} for id, _, gone in linked for other in gone]:
                pair = link.here == bindparam(f"row__{here}"), link.there == bindparam(f"row__{there}")
                await self.db.execute(delete(link.here.table).where(*pair), old)
            if new := [{here: id, there: other} for id, fresh, _ in linked for other in fresh]:
                await self.db.execute(insert(link.here.table), new)

    async def _insert(self, form: Form, nodes: Sequence[Node]) -> None:
        """Make rows: all at once where they give the same columns and nothing is made within them."""
        new = [form.made(self.caller, form.values(node.body, node.names)) | node.given for node in nodes]
        shapes = [frozenset(row) for row in new]
        if len(nodes) > 1 and len(set(shapes)) == 1 and not (form.parts or form.links):
            await self.db.execute(insertion(form, shapes[0]), [self.values | bound(row) for row in new])
            return
        for node, row, shape in zip(nodes, new, shapes, strict=True):
            statement = insertion(form, shape, form.view.model.id)
            [(node.id,)] = await rows(self.db, statement, self.values | bound(row))

    async def _change(self, node: Node) -> None:
        """Change a part, where its body says anything new."""
        form, model = node.form, node.form.view.model
        values = form.values(node.body, node.names)
        if node.worked_out or any(node.row[name] != value for name, value in values.items()):
            statement = changed(form, frozenset(values), node.worked_out).where(model.id == bindparam("row__part"))
            await self.db.execute(statement, self.values | bound({**node.row, **values}) | {"row__part": node.id})


@lru_cache(1024)
def _readable(view: View, roles: Roles, within: bool) -> Select[Any]:
    """Which of the rows `row__ids` the caller may refer to. They stay while the transaction lasts: deleting waits."""
    model = view.model
    rules = [among(model.id, "row__ids"), view.readable(roles, model)]
    if within and (tenant := tenant_of(model)) is not None:
        rules.append(tenant == bindparam("row__tenant"))
    return select(model.id).where(*rules).order_by(model.id).with_for_update(read=True, key_share=True, of=model)


@lru_cache(1024)
def _current(nested: Nested, roles: Roles) -> Select[Any]:
    """The parts of the rows `row__ids`, as far as the caller sees them."""
    view, model = nested.form.view, nested.form.view.model
    mine = among(nested.whole, "row__ids"), view.narrow(roles, model)
    return select(*model.__table__.c).where(*mine).order_by(model.id)


@lru_cache(256)
def _pairs(link: Linked) -> Select[Any]:
    return select(link.here, link.there).where(among(link.here, "row__ids")).order_by(link.there)
