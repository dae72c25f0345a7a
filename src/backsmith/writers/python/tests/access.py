"""`tests/test_access.py`: who may do what, for every entity, kind of caller and request, worked out from the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from backsmith.contract import Contract
from backsmith.contract.model import Kind
from backsmith.contract.rules import conjunction, fold
from backsmith.design import types
from backsmith.design.expressions import Expr, Path
from backsmith.design.fields import tenant_field
from backsmith.design.model import Action, Design, Entity, Field, Given, Move
from backsmith.samples.oracle import Caller, Oracle, UnknownWorthError
from backsmith.samples.rows import read_by, unique_sets
from backsmith.writers.python import names
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.dialect import Dialect
from backsmith.writers.python.tests.literals import written
from backsmith.writers.python.tests.maker import Maker, words
from backsmith.writers.python.tests.page import Page

PATH = "tests/test_access.py"
STRANGER, ADMIN = "stranger", "admin"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
ME, SOMEBODY, TENANT = "me", "somebody", "tenant"
USER = types.Ref(targets=("User",))

WIDEST = 112
"""Characters of a line of a table that fits on a page, behind its margin."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What a line of the table is about: its path, and how rows and bodies of it are made."""

    name: str
    path: str
    row: str
    body: str
    asked: Code
    body_asked: Code
    moves: tuple["Request", ...]
    searches: tuple["Search", ...]
    links: tuple["Beyond", ...]
    change: Code
    """What an admin changes, so that there is a history."""
    state: str
    table: tuple[str, ...]
    """Lines of columns: who, whose, and what each request is answered."""
    wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A POST below an item or a list: what it is sent, and the columns of the row that it is about."""

    name: str
    path: str
    body: Code
    columns: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How lists ask for a field with a rule of its own, the column asked for, what it is changed to, and from."""

    name: str
    queries: tuple[str, ...]
    columns: Code
    change: Code
    before: Code
    """Empty where rows are told apart by it: each has another one already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """A link to rows that may be somebody else's: what makes one, what that takes, and the column of the link."""

    name: str
    row: str
    asked: Code
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage(Page):
    template: ClassVar[str] = "access.py.j2"

    things: tuple[Thing, ...]
    scoped: tuple[str, ...]
    tenant: str
    words: tuple[str, str]
    roles: tuple[str, ...]
    links: bool
    """Whether answers have them."""
    used: tuple[Code, ...]


def files(design: Design, contract: Contract, dialect: Dialect) -> dict[str, str]:
    """The matrix of who may do what, by its path."""
    entities = [entity for entity in design.entities if not entity.builtin and entity.whole is None]
    tables = [Table(design, contract, entity, dialect) for entity in entities]
    page = AccessPage(
        things=tuple(table.thing() for table in tables),
        scoped=tuple(table.entity.plural for table in tables if table.met_by_members()),
        tenant=names.module(design.tenant) if design.tenant is not None else "",
        words=words(design),
        roles=tuple(role for role in design.auth.roles if role != ADMIN),
        links=design.api.links,
        used=tuple(_used(design)),
    )
    return {PATH: printed(page)}


def _used(design: Design) -> Iterator[Code]:
    yield from (name("tests.conftest", word) for word in ("As",))
    yield from (name("collections.abc", word) for word in ("Awaitable", "Callable", "Iterator", "Mapping"))
    yield name("dataclasses", "dataclass")
    yield name("dataclasses", "field")
    yield from (
        name("tests", "factories"),
        name("json", ""),
        name("pytest", ""),
        name("typing", "Any"),
        name("httpx2", "AsyncClient"),
    )
    yield name("tests.rows", "sent")
    if design.tenant is not None:
        yield from (name("tests.tenancy", word) for word in ("join", "within"))


class Table:
    """The lines about one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity, dialect: Dialect) -> None:
        self.design, self.contract, self.entity = design, contract, entity
        self.maker = Maker(design, contract, dialect)
        self.samples = self.maker.samples
        self.owned = entity.name in self.maker.with_account
        self.state = next((move.field for move in entity.moves), "")
        self.tenant = None if design.tenant is None else self._account(TENANT)

    def thing(self) -> Thing:
        """How rows and bodies of the entity are made."""
        listed = next(found for found in self.contract.of(self.entity.name) if found.kind is Kind.LIST)
        module = names.module(self.entity)
        table = tuple(aligned(list(self._lines())))
        return Thing(
            name=self.entity.plural,
            path=listed.path,
            row="joined" if self.entity.tenant else f"factories.{module}",
            body=f"factories.{module}_body",
            asked=written([self.maker.tenant] if self.entity.tenant else list(self.maker.asked(self.entity))),
            body_asked=written(list(self.maker.body_words(self.entity))),
            moves=tuple(self._requests()),
            searches=tuple(self._searches()),
            links=tuple(self._links()),
            change=written(self._change()),
            state=self.state,
            table=table,
            wide=max(map(len, table)) > WIDEST,
        )

    def _requests(self) -> Iterator[Request]:
        moves_and_actions: tuple[Move | Action, ...] = (*self.entity.moves, *self.entity.actions)
        for does in moves_and_actions:
            inputs = {f.name: value for f in does.input for value in self.samples.three(self.entity, f)[:1]}
            state = {does.field: does.source[0]} if isinstance(does, Move) else {}
            item = isinstance(does, Move) or does.item
            yield Request(
                name=does.name,
                path=f"{'/{id}' if item else ''}/{does.name.replace('_', '-')}",
                body=code("sent({})", written(inputs)) if does.input else Code("None"),
                columns=written(state),
            )

    def _searches(self) -> Iterator[Search]:
        """Each stored field with a rule of its own that lists can be filtered or sorted by."""
        listed = next(found for found in self.contract.of(self.entity.name) if found.kind is Kind.LIST)
        filters = {found.name for found in listed.filters}
        sorts = next((each.choices for each in listed.parameters if each.name == "sort"), ())
        for narrowed in self.entity.access.fields:
            field = self.entity.field(narrowed.field)
            if narrowed.read is None or not isinstance(field.type, types.Text | types.Email):
                continue
            values = [value for value in self.samples.three(self.entity, field) if isinstance(value, str)]
            if len(values) < 2 or field.name not in filters:
                continue
            *_, value = values
            alone = not any(field.name in fields for fields in unique_sets(self.entity))
            queries = [f"{field.name}={quote(value)}", f"{field.name}__contains={quote(value)}"]
            queries += [f"sort={field.name}"] if field.name in sorts else []
            queries += [f"q={quote(value)}"] if field.search else []
            yield Search(
                name=field.name,
                queries=tuple(queries),
                columns=written({field.name: value}),
                change=written({field.name: values[0]}),
                before=written({field.name: value} if alone else {}),
            )

    def _change(self) -> dict[str, Any]:
        if not self.entity.history:
            return {}
        plain = self.samples.plain(self.entity.name)
        for each in self.contract.schema(f"{self.entity.name}Update").properties:
            if each.read_only or each.given is not Given.CLIENT:
                continue
            field = self.entity.field(each.name)
            if isinstance(field.type, types.Ref | types.ToMany):
                continue
            for value in reversed(self.samples.three(self.entity, field)):
                if value != plain.get(field.name) and self.samples.checked(self.entity, {**plain, field.name: value}):
                    return {field.name: value}
        return {}

    def _beyond(self) -> Iterator[tuple[Field, Entity]]:
        """The fields that lead to rows with rules of their own, in which accounts are named."""
        for field in self.entity.fields:
            if isinstance(field.type, types.Ref | types.Inverse) and not field.private:
                target = self.design.entity(field.type.target)
                apart = not (target.builtin or target.tenant or target.whole or target == self.entity)
                if apart and target.name in self.maker.with_account:
                    yield field, target

    def _links(self) -> Iterator[Beyond]:
        for field, target in self._beyond():
            by = target.field(field.type.by) if isinstance(field.type, types.Inverse) else field
            yield Beyond(
                name=field.name,
                row=f"factories.{names.module(target)}",
                asked=written([word for word in self.maker.asked(target) if word != self.maker.account]),
                column=self.maker.dialect.column(by),
            )

    def _met(self, caller: str, row: Row) -> Iterator[tuple[str, Any]]:
        """What is somebody else's beyond a link of the row: `meets:course` to one, `holds:courses` to many."""
        for field, target in self._beyond():
            other = self.samples.row(target, self._account(SOMEBODY), self.tenant)
            if isinstance(field.type, types.Inverse):
                other[field.type.by] = row
                yield from self._known(
                    f"holds:{field.name}", lambda o=other, t=target: self._may(caller, t.access.read, o, t)
                )
                continue
            leading = row | {field.name: other}
            if self._is_met(caller, leading):
                yield from self._known(f"meets:{field.name}", lambda f=field, r=leading: self._refers(caller, r, f))

    def met_by_members(self) -> bool:
        """Whether members of a tenant with all its roles can meet rows of the entity, within the tenant."""
        roles = frozenset(self.design.auth.roles) - {ADMIN}
        scoped = tenant_field(self.design, self.entity) is not None
        return scoped and not self._is_closed(self.entity.access.read, roles)

    def _lines(self) -> Iterator[dict[str, str]]:
        """Every kind of caller, about rows of their own and of others."""
        for caller in (STRANGER, *self.design.auth.roles):
            for whose in self._kinds(caller):
                answers = {action: _cell(answer) for action, answer in self._expected(caller, whose)}
                yield {"who": caller, "whose": whose, **answers}

    def _kinds(self, caller: str) -> tuple[str, ...]:
        if not self.owned:
            return ("any",)
        return ("other",) if caller == STRANGER else ("own", "other")

    # What is answered

    def _expected(self, caller: str, whose: str) -> Iterator[tuple[str, Any]]:
        access = self.entity.access
        row = self._row(whose)
        yield from self._known("list", lambda: self._list(caller, access.read))
        if self._list(caller, access.read) == 200:
            yield from self._known("listed", lambda: self._may(caller, access.read, row))
        yield from self._known("item", lambda: self._item(caller, row))
        if self.entity.history:
            yield from self._known("history", lambda: self._item(caller, row))
        yield from self._known("create", lambda: self._create(caller, whose))
        yield from self._owning(caller, whose)
        yield from self._known("update", lambda: self._write(caller, access.update, row, 200))
        for word in self._states():
            moved = row | {self.state: word}
            yield from self._known(f"update:{word}", lambda r=moved: self._write(caller, access.update, r, 200))
        yield from self._known("delete", lambda: self._write(caller, access.delete, row, 204))
        for move in self.entity.moves:
            moved = row | {move.field: move.source[0]}
            yield from self._known(move.name, lambda m=move, r=moved: self._write(caller, m.by, r, 200))
        for action in self.entity.actions:
            yield from self._known(action.name, lambda a=action: self._action(caller, a, row))
        if self._is_met(caller, row):
            yield from self._fields(caller, row)
            yield from self._expansions(caller, row)
            yield from self._gifts(caller, row)
            yield from self._met(caller, row)

    def _owning(self, caller: str, whose: str) -> Iterator[tuple[str, Any]]:
        """Rows that are made in the name of somebody else: `owns:customer`."""
        for field in self.entity.fields:
            if field.owner and dict(self._known("create", lambda: self._create(caller, whose))).get("create") == 201:
                yield f"owns:{field.name}", 201 if caller == ADMIN else 422

    def _states(self) -> tuple[str, ...]:
        """The states, but for the first, where the rule of updates asks for them."""
        if not self.state or self.state not in read_by(self.entity.access.update, self.entity):
            return ()
        type_ = self.entity.field(self.state).type
        return type_.words[1:] if isinstance(type_, types.Enum) else ()

    def _known(self, action: str, answer: Any) -> Iterator[tuple[str, Any]]:
        """What the sample rows tell; nothing where they do not."""
        try:
            found = answer()
        except UnknownWorthError:
            return
        if found is not None:
            yield action, found

    def _list(self, caller: str, rule: Expr) -> int:
        return self._denied(caller) if self._is_closed(rule, self._roles(caller)) and caller != ADMIN else 200

    def _item(self, caller: str, row: Row) -> int:
        rule = self.entity.access.read
        if caller == STRANGER and self._is_closed(rule, None):
            return 401
        return 200 if self._may(caller, rule, row) else 404

    def _write(self, caller: str, rule: Expr, row: Row, success: int) -> int:
        read = self.entity.access.read
        if caller == STRANGER and (self._is_closed(read, None) or self._is_closed(rule, None)):
            return 401
        if not self._may(caller, read, row):
            return 404
        return success if self._may(caller, rule, row) else 403

    def _create(self, caller: str, whose: str) -> int:
        rule = self.entity.access.create
        if caller != ADMIN and self._is_closed(rule, self._roles(caller)):
            return self._denied(caller)
        row = self._new(caller, whose)
        if not all(self._may(caller, narrowed, row) for narrowed in self._sent_rules()):
            return 403
        if not all(self._refers(caller, row, field) for field in self._sent_references()):
            return 422
        return 201 if self._may(caller, rule, row) else 403

    def _sent_rules(self) -> Iterator[Expr]:
        """The rules of the fields that a body has."""
        sent = {line.name for line in self.maker.body_values(self.entity)}
        yield from (each.write for each in self.entity.access.fields if each.write is not None and each.field in sent)

    def _action(self, caller: str, action: Action, row: Row) -> int:
        """200 stands for whatever the action answers to whom it is open."""
        if action.item:
            return self._write(caller, action.by, row, 200)
        return self._list(caller, action.by)

    def _fields(self, caller: str, row: Row) -> Iterator[tuple[str, Any]]:
        """Fields with rules of their own: `shows:insurance`, `finds:`, `tells:` (its history), `writes:`."""
        searched = {search.name for search in self._searches()}
        for narrowed in self.entity.access.fields:
            field = self.entity.field(narrowed.field)
            if field.computed is not None or isinstance(field.type, types.ToMany | types.Ref):
                continue
            if narrowed.read is not None:
                yield from self._known(f"shows:{field.name}", lambda n=narrowed: self._may(caller, n.read, row))
                if field.name in searched and self._list(caller, self.entity.access.read) == 200:
                    yield from self._known(f"finds:{field.name}", lambda n=narrowed: self._may(caller, n.read, row))
                if self.entity.history and field.name in searched and field.given is Given.CLIENT:
                    yield from self._known(f"tells:{field.name}", lambda n=narrowed: self._may(caller, n.read, row))
            told = narrowed.read is None or field.optional or self._may(caller, narrowed.read, row)
            changed = field.name in self._changed() and told  # it is sent as it is read
            if narrowed.write is not None and changed and self._is_changeable(caller, row):
                yield from self._known(
                    f"writes:{field.name}",
                    lambda n=narrowed: 200 if self._may(caller, n.write, row) else 403,
                )

    def _changed(self) -> frozenset[str]:
        """The fields that an update may send."""
        sent = self.contract.schema(f"{self.entity.name}Update").properties
        return frozenset(each.name for each in sent if not each.read_only and each.given is Given.CLIENT)

    def _gifts(self, caller: str, row: Row) -> Iterator[tuple[str, Any]]:
        """Updates that give a row to somebody else: `gives:doctor`. The rule has to hold afterwards too."""
        fields = {each.name: each for each in self._changed_accounts()}
        for name_, field in fields.items():
            if name_ in read_by(self.entity.access.update, self.entity) and self._is_changeable(caller, row):
                given = row | {name_: self._account(SOMEBODY)}
                yield from self._known(f"gives:{name_}", lambda f=field, r=given: self._given(caller, f, r))

    def _given(self, caller: str, field: Field, row: Row) -> int:
        if not self._refers(caller, row, field):
            return 422
        return 200 if self._may(caller, self.entity.access.update, row) else 403

    def _changed_accounts(self) -> Iterator[Field]:
        for each in self.contract.schema(f"{self.entity.name}Update").properties:
            if each.read_only:
                continue
            field = self.entity.field(each.name)
            unguarded = all(found.field != field.name or found.write is None for found in self.entity.access.fields)
            if each.given is Given.CLIENT and field.type == USER and unguarded:
                yield field

    def _expansions(self, caller: str, row: Row) -> Iterator[tuple[str, Any]]:
        """References that are expanded: `expands:category`."""
        for field in self.entity.fields:
            if isinstance(field.type, types.Ref) and not field.private and row.get(field.name) is not None:
                if field.type.target in ("User", *([self.design.tenant.name] if self.design.tenant else [])):
                    continue
                yield from self._known(f"expands:{field.name}", lambda f=field: self._refers(caller, row, f))

    # What the rules say

    def _is_met(self, caller: str, row: Row) -> bool:
        try:
            return self._item(caller, row) == 200
        except UnknownWorthError:
            return False

    def _is_changeable(self, caller: str, row: Row) -> bool:
        try:
            return self._write(caller, self.entity.access.update, row, 200) == 200
        except UnknownWorthError:
            return False

    def _may(self, caller: str, rule: Expr, row: Row, entity: Entity | None = None) -> bool:
        """Whether the rule holds, within the tenant."""
        if caller == ADMIN:
            return True
        scope = (entity or self.entity).scope
        oracle = Oracle(self.design, self._asking(caller))
        return oracle.holds(rule if scope is None else conjunction((scope, rule)), row)

    def _refers(self, caller: str, row: Row, field: Field) -> bool:
        """Whether the caller may read what a field refers to."""
        assert isinstance(field.type, types.Ref)
        target = self.design.entity(field.type.target)
        found = row.get(field.name)
        if found is None or caller == ADMIN:
            return True
        if target.name == "User" and not self._may(caller, target.access.read, found, target):
            raise UnknownWorthError
        return self._may(caller, target.access.read, found, target)

    def _is_closed(self, rule: Expr, roles: frozenset[str] | None) -> bool:
        scope = self.entity.scope
        return fold(rule if scope is None else conjunction((scope, rule)), roles) is False

    def _denied(self, caller: str) -> int:
        return 401 if caller == STRANGER else 403

    def _roles(self, caller: str) -> frozenset[str] | None:
        return None if caller == STRANGER else frozenset({caller})

    def _asking(self, caller: str) -> Caller:
        if caller == STRANGER:
            return Caller(now=NOW)
        return Caller(roles=frozenset({caller}), account=self._account(ME), tenant=self.tenant, now=NOW)

    # The rows that they are about

    def _account(self, who: str) -> Row:
        """An account, or the tenant of which everybody here is a member."""
        if who == TENANT:
            assert self.design.tenant is not None
            members = [{"id": ("membership",), "user": self._account(ME)}]
            return dict(self.samples.plain(self.design.tenant.name)) | {"id": who, "memberships": members}
        refs = {field.name: None for field in self.design.entity("User").fields if isinstance(field.type, types.Ref)}
        return dict(self.samples.plain("User")) | refs | {"id": who}

    def _row(self, whose: str) -> Row:
        account = self._account(ME) if whose == "own" else self._account(SOMEBODY)
        row = self.samples.row(self.entity, account, self.tenant)
        if self.entity.tenant and self.tenant is not None:
            return row | self.tenant
        return row

    def _new(self, caller: str, whose: str) -> Row:
        """The row that a body makes: accounts that may be left out are not there."""
        row = self._row(whose)
        for field in self.entity.fields:
            if field.owner:
                row[field.name] = self._asking(caller).account
            elif isinstance(field.type, types.Ref) and field.optional:
                row[field.name] = None
            elif isinstance(field.type, types.Many):
                row[field.name] = []
            elif field.set is not None and isinstance(field.type, types.Ref) and not isinstance(field.set, Path):
                row[field.name] = row[field.name] if self.samples.is_tenant(field) else self._asking(caller).account
        if self.entity.tenant:
            row["memberships"] = []
        return row

    def _sent_references(self) -> Iterator[Field]:
        for each in self.maker.schema(self.entity).properties:
            if each.read_only:
                continue
            field = self.entity.field(each.name)
            if each.required and isinstance(field.type, types.Ref) and each.given is not Given.CALLER:
                yield field


def _cell(answer: int | bool) -> str:
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)


def aligned(lines: list[dict[str, str]]) -> Iterator[str]:
    """A table as text, with its head; a point where nothing is said."""
    head = list(dict.fromkeys(key for line in lines for key in line))
    rows = [head, *([line.get(key, ".") for key in head] for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
