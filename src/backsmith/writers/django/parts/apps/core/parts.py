"""Bodies with their parts and links: planned against the rows that there are, checked as a whole, written by level.

Every level is read with one query, however many rows it has.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from apps.core import constraints, plans
from apps.core.caller import Caller, Key
from apps.core.errors import Code, FieldError, Invalid
from apps.core.forms import Form, Linked, Nested, Values
from apps.core.shown import Rows

MISSING = constraints.MESSAGES["not_found"]


@dataclass(slots=True)
class Node:
    """A body on its way into the database.

    data: what was sent; defaults: what there is where nothing was; path: where it stands in the whole body, `lines.0`;
    row: its row as it is, None for a new one; whole: whether what is absent returns to its default, but for `kept`;
    given: columns that no body has; gone: the parts that are no longer there; linked: links that are new, and gone.
    """

    form: Form
    data: Mapping[str, Any]
    defaults: Mapping[str, Any]
    path: str = ""
    row: Any = None
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
        kept = self.kept | (self.form.once if self.row is not None else frozenset())
        return frozenset(self.data.keys() | ((self.defaults.keys() - kept) if self.whole else set()))

    @property
    def values(self) -> Values:
        """What the body puts into which columns."""
        return self.form.values({**self.defaults, **self.data}, self.names)

    @property
    def worked_out(self) -> frozenset[str]:
        """The columns that return to a default that the database works out."""
        named = self.data.keys() | self.form.once | self.kept
        return frozenset(self.form.defaults.keys() - set(map(self.form.column, named)) if self.whole else ())

    def changed(self, caller: Caller) -> Values:
        """What a row that there is changes to."""
        values = self.values
        for name, value in values.items():
            setattr(self.row, name, value)
        return values | self.form.worked_out(caller, self.row, self.worked_out)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


@dataclass(slots=True)
class Plan:
    """What is to be written, and what is wrong with it. within: the tenant whose rows alone may be referred to."""

    caller: Caller
    moment: Any
    within: tuple[Key | None, ...] = ()
    errors: list[FieldError] = field(default_factory=list)
    wanted: dict[Rows, dict[Key, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """The rows that are newly referred to, and where."""

    def check(self, node: Node) -> None:
        """Find the rows that a body is about. Raises Invalid with everything that is wrong with it."""
        self._grow(node.form, [node])
        for rows, places in self.wanted.items():
            statement = plans.referred(rows, self.caller, tuple(tenant is not None for tenant in self.within))
            values = {**plans.who(self.caller), "keys": [*places], **dict(zip(("within",), self.within, strict=False))}
            for id in places.keys() - {id for (id,) in statement.rows(values)}:
                for path in places[id]:
                    self._refuse(path, "not_found", MISSING)
        if self.errors:
            raise Invalid(sorted(self.errors, key=lambda error: error.field))

    def _refuse(self, path: str, code: Code, message: str) -> None:
        self.errors.append(FieldError(path, code, message))

    def _grow(self, form: Form, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._refer(node)
        for name, nested in form.parts.items():
            parents = [node for node in nodes if name in node.names]
            there: dict[Key, dict[Key, Any]] = defaultdict(dict)
            for row in self._current(nested, parents):
                there[getattr(row, nested.whole)][row.pk] = row
            for node in parents:
                self._nest(node, name, nested, there[node.id])
            self._grow(nested.form, [child for node in parents for child in node.children[name]])
        for name, link in form.links.items():
            parents = [node for node in nodes if name in node.names]
            pairs: dict[Key, list[Key]] = defaultdict(list)
            for here, other in self._pairs(link, parents):
                pairs[here].append(other)
            for node in parents:
                self._link(node, name, link, pairs[node.id])

    def _refer(self, node: Node) -> None:
        """Note the rows that a body newly refers to, and the fields that it may not hold."""
        form, row = node.form, node.row
        for name in node.data.keys() & (form.references.keys() | form.once | {form.owner}):
            value, path = node.data[name], node.at(name)
            if row is not None and getattr(row, form.column(name)) == value:
                continue
            if (name == form.owner and "admin" not in self.caller.roles) or (row is not None and name in form.once):
                self._refuse(path, "read_only", "This field is set by the application.")
            elif name in form.references and value is not None:
                self.wanted[form.references[name]][value].append(path)

    def _nest(self, node: Node, name: str, nested: Nested, rows: dict[Key, Any]) -> None:
        left, children = dict(rows), []
        for index, item in enumerate(node.data.get(name, ())):
            child = Node(nested.form, item, nested.form.item().defaults, f"{node.at(name)}.{index}")
            if "id" in item:
                child.id, child.whole, child.row = item["id"], node.whole, left.pop(item["id"], None)
                if child.row is None and item["id"] in rows:
                    self._refuse(child.at("id"), "duplicate", "This id stands twice.")
                elif child.row is None:
                    self._refuse(child.at("id"), "not_found", MISSING)
            children.append(child)
        node.children[name], node.gone[name] = children, list(left)

    def _link(self, node: Node, name: str, link: Linked, there: list[Key]) -> None:
        sent: list[Key] = list(node.data.get(name, ()))
        new = [id for id in dict.fromkeys(sent) if id not in there]
        node.linked[name] = new, [id for id in there if id not in sent]
        for id in new:
            self.wanted[link.rows][id].append(f"{node.at(name)}.{sent.index(id)}")

    def _current(self, nested: Nested, nodes: Sequence[Node]) -> Sequence[Any]:
        """The parts that there are of the rows which these bodies change, as far as the caller sees them."""
        ids, rows = [node.id for node in nodes if node.row is not None], nested.form.rows
        found = rows.model.objects.filter(rows.narrow(self.caller), **{f"{nested.whole}__in": ids})
        return list(found.order_by("pk")) if ids else ()

    def _pairs(self, link: Linked, nodes: Sequence[Node]) -> Sequence[tuple[Key, Key]]:
        ids = [node.id for node in nodes if node.row is not None]
        found = link.pairs._base_manager.filter(**{f"{link.here}__in": ids}).order_by(link.there)
        return list(found.values_list(link.here, link.there)) if ids else ()

    def write(self, form: Form, nodes: Sequence[Node]) -> None:
        """Write bodies of one table with what is in them."""
        with constraints.told(nodes[0].path.rpartition(".")[0] if nodes else ""):
            self._insert(form, [node for node in nodes if node.row is None])
            for node in nodes:
                if node.row is not None:
                    self._change(node)
        self.write_inner(form, nodes)

    def write_inner(self, form: Form, nodes: Sequence[Node]) -> None:
        """Write the parts and links of rows that are written."""
        for name, nested in form.parts.items():
            if gone := [id for node in nodes for id in node.gone.get(name, ())]:
                with constraints.told(name, deleting=True):
                    nested.form.rows.model.objects.filter(pk__in=gone).delete()
            for node in nodes:
                for child in node.children.get(name, ()):
                    child.given = {nested.whole: node.id}
            self.write(nested.form, [child for node in nodes for child in node.children.get(name, ())])
        for name, link in form.links.items():
            linked = [(node.id, *node.linked[name]) for node in nodes if name in node.linked]
            for id, _, gone in linked:
                if gone:
                    link.pairs._base_manager.filter(**{link.here: id, f"{link.there}__in": gone}).delete()
            new = [link.pairs(**{link.here: id, link.there: other}) for id, fresh, _ in linked for other in fresh]
            link.pairs._base_manager.bulk_create(new)

    def _insert(self, form: Form, nodes: Sequence[Node]) -> None:
        """Make rows: all at once where nothing is made within them."""
        model = form.rows.model
        new = [form.made(self.caller, node.values | node.given) for node in nodes]
        if len(new) > 1:
            model.objects.bulk_create(new)
        elif new:
            new[0].save(force_insert=True)
        for node, row in zip(nodes, new, strict=True):
            node.id = row.pk

    def _change(self, node: Node) -> None:
        """Change a part, where its body says anything new."""
        before = {name: getattr(node.row, name) for name in node.values}
        values = node.changed(self.caller)
        if node.worked_out or before != {name: values[name] for name in before}:
            raised = {"version": F("version") + 1, "updated_at": self.moment}
            node.form.rows.model.objects.filter(pk=node.id).update(**raised, **values)
