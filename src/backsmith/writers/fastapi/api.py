"""Endpoints: the routes of an entity, one function each, in the order of the contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind
from backsmith.design.model import Action, Design, Entity, Ids, Move
from backsmith.design.text import text
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.code import Code, Import, call, code, joined, name, quoted
from backsmith.writers.fastapi.page import Named, Page
from backsmith.writers.fastapi.services import body_of
from backsmith.writers.fastapi.views import a, view_variable

ANYWHERE = frozenset({413, 429, 500, 503})
"""Statuses that every endpoint may answer with: the document says so once, as `default`."""

CALLER = (
    code("request: {}", name("fastapi", "Request")),
    code("caller: {}", name("app.core.authentication", "CurrentCaller")),
)
READS = code("db: {}", name("app.core.database", "Reads"))
Body = tuple[tuple[Code, ...], tuple[Code, ...]]
"""The parameters of a function, and its lines."""
CHANGE, SERVICE = name("app.core.changes", "Change"), "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: its decorator and its function."""

    method: str
    arguments: Code
    name: str
    parameters: Code
    doc: str
    lines: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage(Page):
    template: ClassVar[str] = "app/api/v1/entity.py.j2"

    title: str
    path: str
    tag: str
    router: Code
    permissions: tuple[Named, ...]
    """What a request must be allowed to do, as a dependency: `MayPay`."""
    routes: tuple[Route, ...]


def api_page(design: Design, contract: Contract, entity: Entity) -> ApiPage:
    """The module of an entity's endpoints."""
    writer = Writer(design, contract, entity)
    phrases = names.phrases(entity)
    return ApiPage(
        title=phrases[0].upper() + phrases[1:],
        path=names.path(entity),
        tag=phrases,
        router=code("{}", Code("JsonRoute", name("app.core.routes", "JsonRoute").imports)),
        permissions=tuple(writer.permissions()),
        routes=tuple(writer.route(endpoint) for endpoint in contract.endpoints if endpoint.entity == entity.name),
    )


class Writer:
    """Prints the endpoints of one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity) -> None:
        self.contract, self.entity = contract, entity
        self.view = view_variable(design, entity.name)
        self.policy = Import("app.policies", names.module(entity), "policy")
        self.service = Import("app.services", names.module(entity), SERVICE)
        self.phrase = names.phrase(entity)

    # What a request must be allowed to do

    def permissions(self) -> Iterator[Named]:
        """The dependencies that hold the row, one for each rule."""
        yield self._permission("create", "creating")
        yield self._permission("update", "changing", '"change"')
        yield self._permission("delete", "deleting")
        if self.entity.trash is not None:
            restoring = call(name("app.core.trash", "restoring"), self.view, self._rule("delete"))
            yield Named(name=may("restore"), code=_annotated(restoring))
        for move in self.entity.moves:
            yield self._permission(move.name, "changing", quoted(move.name.replace("_", " ")))
        for action in self.entity.actions:
            verb = quoted(action.name.replace("_", " "))
            acting = name("app.core.actions", "acting")
            made = call(acting, self.view, self._rule(action.name), verb, f"item={action.item}")
            yield Named(name=may(action.name), code=_annotated(made))

    def _permission(self, does: str, dependency: str, *arguments: str) -> Named:
        made = call(name("app.core.changes", dependency), self.view, self._rule(does), *arguments)
        return Named(name=may(does), code=_annotated(made))

    def _rule(self, does: str) -> Code:
        return Code(f"policy.{does}", frozenset({self.policy}))

    # Routes

    def route(self, endpoint: Endpoint) -> Route:
        """One endpoint of the contract as a function."""
        parameters, lines = self._body(endpoint)
        return Route(
            method=endpoint.method.lower(),
            arguments=joined(", ", (Code(quoted(self._ending(endpoint))), *self._documented(endpoint))),
            name=endpoint.operation,
            parameters=joined(", ", parameters),
            doc=self._doc(endpoint),
            lines=lines,
        )

    def _ending(self, endpoint: Endpoint) -> str:
        return endpoint.path.partition(names.path(self.entity))[2]

    def _documented(self, endpoint: Endpoint) -> Iterator[Code]:
        success = endpoint.success
        if success.status != 200:
            yield Code(f"status_code={success.status}")
        if endpoint.kind is Kind.EXPORT:
            yield code("response_class={}", name("fastapi", "Response"))
        else:
            yield code("response_model={}", self._answer(endpoint))
        statuses = (str(answer.status) for answer in endpoint.answers if answer.status >= 400)
        yield code(
            "responses={}", call(name("app.core.errors", "problems"), *(s for s in statuses if int(s) not in ANYWHERE))
        )
        if endpoint.kind in DOCUMENTED:
            yield code("openapi_extra={}.{}", self.view, DOCUMENTED[endpoint.kind])

    def _answer(self, endpoint: Endpoint) -> Code:
        success = endpoint.success
        if success.schema is None:
            return Code("None")
        if endpoint.kind is Kind.HISTORY:
            return call_index("Page", name("app.core.history", "Event"))
        schema = name(f"app.schemas.{names.module(self.entity)}", success.schema)
        return call_index("Page", schema) if success.page else schema

    def _body(self, endpoint: Endpoint) -> Body:
        match endpoint.kind:
            case Kind.LIST:
                return (*CALLER, READS), (code("return await {}.page(db, caller, request)", self.view),)
            case Kind.EXPORT:
                return CALLER, (code("return await {}.export(caller, request)", self.view),)
            case Kind.ITEM:
                return (self._id(), *CALLER, READS), (code("return await {}.item(db, caller, id, request)", self.view),)
            case Kind.HISTORY:
                page = code("return await {}(db, caller, {}, id, request)", name("app.core.history", "page"), self.view)
                return (self._id(), *CALLER, READS), (page,)
            case Kind.ACTION:
                return self._acted(endpoint)
            case Kind.CREATE:
                return self._served("create", may("create"), self._sent("Create"), "created")
            case Kind.UPDATE | Kind.REPLACE:
                ending = "Update" if endpoint.kind is Kind.UPDATE else "Replace"
                return self._served("update", may("update"), self._sent(ending), "done")
            case Kind.DELETE:
                return self._served("delete", may("delete"), None, "gone")
            case _:
                body = body_of(self.contract, self.entity, endpoint.action) if endpoint.body else None
                does = "restore" if endpoint.kind is Kind.RESTORE else endpoint.action
                return self._served(does, may(does), body, "done")

    def _id(self) -> Code:
        key = "UuidId" if self.entity.ids is Ids.UUID7 else "Id"
        return code("id: {}", name("app.core.schemas", key))

    def _sent(self, ending: str) -> Code:
        return name(f"app.schemas.{names.module(self.entity)}", f"{self.entity.name}{ending}")

    def _served(self, does: str, permission: str, body: Code | None, answers: str) -> Body:
        sent = () if body is None else (code("body: {}", body),)
        arguments = "change, body" if sent else "change"
        serve = Code(f"await {SERVICE}.{does}({arguments})", frozenset({self.service}))
        return (*sent, Code(f"change: {permission}")), (serve, Code(f"return await change.{answers}()"))

    def _acted(self, endpoint: Endpoint) -> Body:
        body = body_of(self.contract, self.entity, endpoint.action)
        sent = () if body is None else (code("body: {}", body),)
        arguments = "change, body" if sent else "change"
        parameters = (*sent, Code(f"change: {may(endpoint.action)}"))
        serve = Code(f"await {SERVICE}.{endpoint.action}({arguments})", frozenset({self.service}))
        if endpoint.success.schema is None:
            return parameters, (serve, Code("return await change.gone()"))
        answered = name("app.core.actions", "answered")
        return parameters, (code("return await {}(change, {})", answered, serve),)

    # Words

    def _doc(self, endpoint: Endpoint) -> str:
        phrases, one = names.phrases(self.entity), a(self.phrase)
        access = self.entity.access
        match endpoint.kind:
            case Kind.LIST:
                return f"{phrases[0].upper() + phrases[1:]}: {text(access.read)}."
            case Kind.EXPORT:
                return f"All {phrases} of a list, streamed: {text(access.read)}."
            case Kind.ITEM:
                return f"One {self.phrase}: {text(access.read)}."
            case Kind.HISTORY:
                return f"Who changed what in {one}, the last change first: {text(access.read)}."
            case Kind.CREATE:
                return f"Make {one}: {text(access.create)}."
            case Kind.UPDATE:
                return f"Change {one}: {text(access.update)}."
            case Kind.REPLACE:
                return f"Replace {one}: {text(access.update)}."
            case Kind.DELETE:
                return f"Delete {one}: {text(access.delete)}."
            case Kind.RESTORE:
                return f"Bring a deleted {self.phrase} back: {text(access.delete)}."
            case _:
                return self._told(next(found for found in self._verbs() if found.name == endpoint.action))

    def _verbs(self) -> tuple[Move | Action, ...]:
        return (*self.entity.moves, *self.entity.actions)

    def _told(self, does: Move | Action) -> str:
        verb = does.name.replace("_", " ").capitalize()
        said = does.doc or f"{verb} {a(self.phrase)}."
        return f"{said.rstrip('.')}: {text(does.by)}."


DOCUMENTED = {Kind.LIST: "list_parameters", Kind.ITEM: "item_parameters", Kind.EXPORT: "export_parameters"}


def may(does: str) -> str:
    """The name of a permission: `MayPay`."""
    return "May" + "".join(part.capitalize() for part in does.split("_"))


def call_index(generic: str, item: Code) -> Code:
    """`Page[OrderRead]`."""
    return code("{}[{}]", name("app.core.schemas", generic), item)


def _annotated(dependency: Code) -> Code:
    return code("{}[{}, {}]", name("typing", "Annotated"), CHANGE, dependency)
