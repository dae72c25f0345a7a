"""Endpoints: view sets that are explicit, short and typed, and the paths that lead to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind
from backsmith.design import naming
from backsmith.design.model import Action, Design, Entity, Move
from backsmith.design.naming import a
from backsmith.design.text import text
from backsmith.writers.django import names
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, call, code, name, quoted
from backsmith.writers.python.page import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One endpoint as a method of its view set."""

    name: str
    told: Code
    """What the OpenAPI document says of it."""
    item: bool
    answer: Code
    doc: str
    lines: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewsPage(Page):
    template: ClassVar[str] = "apps/views.py.j2"

    title: str
    name: str
    base: Code
    shown: Code
    methods: tuple[Method, ...]
    always: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path with what its methods call."""

    path: str
    methods: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlsPage(Page):
    template: ClassVar[str] = "apps/urls.py.j2"

    subject: str
    view_set: Code
    routes: tuple[Route, ...]


METHODS = {
    Kind.LIST: "list",
    Kind.EXPORT: "export",
    Kind.ITEM: "retrieve",
    Kind.HISTORY: "history",
    Kind.CREATE: "create",
    Kind.UPDATE: "partial_update",
    Kind.REPLACE: "update",
    Kind.DELETE: "destroy",
    Kind.RESTORE: "restore",
}
"""What Django REST framework calls these; moves and actions have names of their own."""
ANSWER = name("django.http", "HttpResponse")
ANSWERS = {Kind.EXPORT: name("django.http", "StreamingHttpResponse")}


def views_page(design: Design, contract: Contract, entity: Entity) -> ViewsPage:
    """The module of an entity's endpoints."""
    printer = Printer(design, contract, entity)
    phrases = names.phrases(entity)
    return ViewsPage(
        title=phrases[0].upper() + phrases[1:],
        name=view_set(entity),
        base=name("apps.core.views", "EntityViewSet"),
        shown=printer.serializer(f"{entity.name}Read"),
        methods=tuple(printer.method(endpoint) for endpoint in contract.of(entity.name)),
        always=(name("rest_framework.request", "Request"),),
    )


def urls_page(design: Design, contract: Contract, entity: Entity) -> UrlsPage:
    """The paths of an entity's endpoints."""
    found: dict[str, list[Named]] = {}
    for endpoint in contract.of(entity.name):
        path = endpoint.path.removeprefix(f"{contract.prefix}/").replace("{id}", "<id>")
        method = Named(name=endpoint.method.lower(), code=Code(quoted(called(endpoint))))
        found.setdefault(path, []).append(method)
    fixed = sorted(found, key=lambda path: ("<id>" in path, list(found).index(path)))
    return UrlsPage(
        subject=names.phrases(entity),
        view_set=name(f"apps.{names.app(design, entity)}.views", view_set(entity)),
        routes=tuple(Route(path=path, methods=tuple(found[path])) for path in fixed),
    )


def view_set(entity: Entity) -> str:
    """The class of an entity's endpoints."""
    return f"{entity.name}ViewSet"


def called(endpoint: Endpoint) -> str:
    """The method that serves an endpoint."""
    return METHODS.get(endpoint.kind, endpoint.action)


class Printer:
    """Prints the endpoints of one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity) -> None:
        self.design, self.contract, self.entity = design, contract, entity
        self.one, self.many = names.phrase(entity), names.phrases(entity)
        self.app = names.app(design, entity)
        self.permissions = names.sibling(self.app, self.app, "permissions")
        self.services = names.sibling(self.app, self.app, "services")

    def serializer(self, called: str) -> Code:
        """A serializer of the entity's app."""
        return name(f"apps.{self.app}.serializers", called)

    def method(self, endpoint: Endpoint) -> Method:
        """One endpoint of the contract."""
        lines, doc = self._content(endpoint)
        return Method(
            name=called(endpoint),
            told=self._told(endpoint),
            item="{id}" in endpoint.path,
            answer=ANSWERS.get(endpoint.kind, ANSWER),
            doc=endpoint.summary or doc,
            lines=tuple(lines),
        )

    def _told(self, endpoint: Endpoint) -> Code:
        """`documented("pay_order", 401, 403, answer=OrderRead)`."""
        success = endpoint.success
        told: list[Code | str] = [quoted(endpoint.operation), *map(str, sorted(own_statuses(endpoint)))]
        if success.status != 200:
            told.append(f"status={success.status}")
        if endpoint.body is not None:
            told.append(code("request={}", self.serializer(endpoint.body.schema)))
        if endpoint.kind is Kind.EXPORT:
            told.append(code("answer={}", name("apps.core.schema", "FILE")))
        elif success.schema is not None:
            answer = self.serializer(success.schema)
            if success.schema == "HistoryRead":
                answer = name("apps.history.views", "HistoryRead")
            page = code("{}({})", name("apps.core.schema", "page_of"), answer) if success.page else answer
            told.append(code("answer={}", page))
        return call(name("apps.core.schema", "documented"), *told)

    def _content(self, endpoint: Endpoint) -> tuple[Iterator[Code], str]:
        """The lines and the first sentence of an endpoint."""
        access, phrase = self.entity.access, a(self.one)
        match endpoint.kind:
            case Kind.LIST:
                return iter(
                    (Code("return self.page()"),)
                ), f"{self.many[0].upper()}{self.many[1:]}: {text(access.read)}."
            case Kind.EXPORT:
                return iter(
                    (Code("return self.exported()"),)
                ), f"All {self.many} of a list, streamed: {text(access.read)}."
            case Kind.ITEM:
                return iter((Code("return self.item(id)"),)), f"One {self.one}: {text(access.read)}."
            case Kind.HISTORY:
                page = name("apps.history.views", "page")
                line = code("return {}(self.rows, self.caller, self.rows.key(id), request)", page)
                return iter((line,)), f"Who changed {phrase}, what and when."
            case Kind.CREATE:
                return self._written(
                    "creating", "create", "Create", "created"
                ), f"Make {phrase}: {text(access.create)}."
            case Kind.UPDATE:
                return self._written("changing", "update", "Update", "done"), f"Change {phrase}: {text(access.update)}."
            case Kind.REPLACE:
                return self._written(
                    "changing", "update", "Replace", "done"
                ), f"Replace {phrase}: {text(access.update)}."
            case Kind.DELETE:
                return self._changed("deleting", "delete", "delete", "gone"), f"Delete {phrase}: {text(access.delete)}."
            case Kind.RESTORE:
                doc = f"Bring back {phrase} that was deleted: {text(access.delete)}."
                return self._changed("restoring", "delete", "restore", "done"), doc
            case Kind.MOVE:
                move = next(move for move in self.entity.moves if move.name == endpoint.action)
                sources = " or ".join(word.replace("_", " ") for word in move.source)
                doc = f"{_verb(move).capitalize()} {phrase} that is {sources}: {text(move.by)}."
                return self._moved(move), doc
            case Kind.ACTION:
                action = next(found for found in self.entity.actions if found.name == endpoint.action)
                subject = phrase if action.item else self.many
                return self._acted(action), f"{_verb(action).capitalize()} {subject}: {text(action.by)}."
            case _:
                raise AssertionError(f"{endpoint.kind} is no endpoint of an entity")

    def _begun(self, how: str, rule: str, verb: str = "") -> Code:
        """`with self.changing(id, permissions.pay, "pay") as change:`."""
        id = "" if how == "creating" else "id, "
        told = f", {quoted(verb)}" if verb else ""
        return code("with self.{}({}{}.{}{}) as change:", how, id, self.permissions, rule, told)

    def _written(self, how: str, does: str, ending: str, answered: str) -> Iterator[Code]:
        yield self._begun(how, does)
        body = self.serializer(f"{self.entity.name}{ending}")
        yield code("    {}.{}(change, change.body({}))", self.services, does, body)
        yield Code(f"    return change.{answered}()")

    def _changed(self, how: str, rule: str, does: str, answered: str) -> Iterator[Code]:
        yield self._begun(how, rule)
        yield code("    {}.{}(change)", self.services, does)
        yield Code(f"    return change.{answered}()")

    def _moved(self, move: Move) -> Iterator[Code]:
        yield self._begun("changing", move.name, _verb(move))
        yield code("    {}.{}(change{})", self.services, move.name, self._body(move.name))
        yield Code("    return change.done()")

    def _acted(self, action: Action) -> Iterator[Code]:
        yield self._begun("changing" if action.item else "creating", action.name, _verb(action))
        made = code("{}.{}(change{})", self.services, action.name, self._body(action.name))
        if action.output:
            result = self.serializer(f"{naming.title(action.name)}{self.entity.name}Result")
            yield code("    return {}(change, {}, {})", name("apps.core.actions", "answered"), result, made)
        else:
            yield code("    {}", made)
            yield Code("    return change.gone()")

    def _body(self, does: str) -> Code:
        """What a move or an action is sent."""
        found = f"{naming.title(does)}{self.entity.name}"
        if all(schema.name != found for schema in self.contract.schemas):
            return Code("")
        return code(", change.body({})", self.serializer(found))


EVERYWHERE = frozenset({413, 429, 503})
"""Statuses that the document gives every operation."""


def own_statuses(endpoint: Endpoint) -> frozenset[int]:
    """The problems of an endpoint, but for those that any operation has."""
    return frozenset(answer.status for answer in endpoint.answers[1:]) - EVERYWHERE


def _verb(does: Move | Action) -> str:
    return does.name.replace("_", " ")
