"""Endpoints: explicit, short, typed; their statuses are those of the contract."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind
from backsmith.design.model import Action, Design, Entity, Ids, Move
from backsmith.design.naming import a
from backsmith.design.text import text
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.services import body_of, is_alone
from backsmith.writers.python.code import Code, code, name, quoted

EVERYWHERE = frozenset({413, 429, 503})
"""Statuses that the documents give every operation."""

HISTORY = name("app.core", "history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: its decorator's arguments, its signature and its lines."""

    method: str
    path: str
    options: tuple[Code, ...]
    name: str
    parameters: tuple[Code, ...]
    doc: str
    lines: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsPage(Page):
    template: ClassVar[str] = "app/api/entity.py.j2"

    title: str
    path: str
    options: tuple[Code, ...]
    module: str
    routes: tuple[Route, ...]


def endpoints_page(design: Design, contract: Contract, entity: Entity) -> EndpointsPage:
    """The module of an entity's endpoints."""
    found = Printer(design, contract, entity)
    phrases = names.phrases(entity)
    return EndpointsPage(
        title=phrases[0].upper() + phrases[1:],
        path=names.path(entity),
        options=_router_options(phrases, found.shared),
        module=names.module(entity),
        routes=tuple(found.route(endpoint) for endpoint in contract.of(entity.name)),
    )


def _router_options(tag: str, shared: frozenset[int]) -> tuple[Code, ...]:
    return (
        Code(f"tags=[{quoted(tag)}]"),
        code("route_class={}", name("app.core.routes", "JsonRoute")),
        *_problems(shared),
    )


class Printer:
    """Prints the endpoints of one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity) -> None:
        self.design, self.contract, self.entity = design, contract, entity
        self.view = name(f"app.views.{names.module(entity)}", entity.plural)
        self.one, self.many = names.phrase(entity), names.phrases(entity)

    def _change(self, dependency: str, rule: str, options: str = "", *, core: str = "changes") -> Code:
        """The parameter that begins a change: `change: Change = changing(orders, policy.pay, "pay")`."""
        begun = name(f"app.core.{core}", dependency)
        change = name("app.core.changes", "Change")
        return code("change: {} = {}({}, policy.{}{})", change, begun, self.view, rule, options)

    def route(self, endpoint: Endpoint) -> Route:
        """One endpoint of the contract."""
        parameters, lines, doc = self._content(endpoint)
        prefix = f"{self.contract.prefix}{names.path(self.entity)}"
        return Route(
            method=endpoint.method.lower(),
            path=endpoint.path.removeprefix(prefix),
            options=self._options(endpoint),
            name=endpoint.operation,
            parameters=parameters,
            doc=endpoint.summary or doc,
            lines=lines,
        )

    def _options(self, endpoint: Endpoint) -> tuple[Code, ...]:
        success = endpoint.success
        status = () if success.status == 200 else (Code(f"status_code={success.status}"),)
        documented = {Kind.LIST: "list", Kind.ITEM: "item", Kind.EXPORT: "export"}.get(endpoint.kind)
        extra = (code("openapi_extra={}.{}_parameters", self.view, documented),) if documented else ()
        if endpoint.kind is Kind.HISTORY:
            extra = (code("openapi_extra={}.PARAMETERS", HISTORY),)
        return (*status, self._model(endpoint), *_problems(own_statuses(endpoint) - self.shared), *extra)

    @property
    def shared(self) -> frozenset[int]:
        """The problems that every endpoint of the entity may answer with."""
        found = [own_statuses(endpoint) for endpoint in self.contract.of(self.entity.name)]
        return found[0].intersection(*found)

    def _model(self, endpoint: Endpoint) -> Code:
        success = endpoint.success
        if endpoint.kind is Kind.EXPORT:
            return code("response_class={}", name("fastapi", "Response"))
        if success.schema is None:
            return Code("response_model=None")
        schema = self._schema(success.schema)
        if success.page:
            return code("response_model={}[{}]", name("app.core.schemas", "Page"), schema)
        return code("response_model={}", schema)

    def _schema(self, called: str) -> Code:
        if called == "HistoryRead":
            return code("{}.HistoryRead", HISTORY)
        return name(f"app.schemas.{names.module(self.entity)}", called)

    def _content(self, endpoint: Endpoint) -> tuple[tuple[Code, ...], tuple[Code, ...], str]:
        """The parameters, the lines and the first sentence of an endpoint."""
        access, phrase = self.entity.access, a(self.one)
        lines: tuple[Code, ...]
        request = code("request: {}", name("fastapi", "Request"))
        caller = code("caller: {}", name("app.core.authentication", "CurrentCaller"))
        reads = code("db: {}", name("app.core.database", "Reads"))
        match endpoint.kind:
            case Kind.LIST:
                lines = (code("return await {}.page(caller, request)", self.view),)
                return (request, caller), lines, f"{self._title()}: {text(access.read)}."
            case Kind.EXPORT:
                lines = (code("return await {}.export(caller, request)", self.view),)
                return (request, caller), lines, f"All {self.many} of a list, streamed: {text(access.read)}."
            case Kind.ITEM:
                lines = (code("return await {}.item(caller, id, request)", self.view),)
                return (self._id(), request, caller), lines, f"One {self.one}: {text(access.read)}."
            case Kind.HISTORY:
                history = code("return await {}.page({}, db, caller, id, request)", HISTORY, self.view)
                return (self._id(), request, caller, reads), (history,), f"Who changed {phrase}, what and when."
            case Kind.CREATE:
                return self._written("create", "creating", "Create", f"Make {phrase}: {text(access.create)}.")
            case Kind.UPDATE:
                return self._written("update", "changing", "Update", f"Change {phrase}: {text(access.update)}.")
            case Kind.REPLACE:
                return self._written("update", "changing", "Replace", f"Replace {phrase}: {text(access.update)}.")
            case Kind.DELETE:
                lines = (Code("await service.delete(change)"), Code("return await change.gone()"))
                return (self._change("deleting", "delete"),), lines, f"Delete {phrase}: {text(access.delete)}."
            case Kind.RESTORE:
                lines = (Code("await service.restore(change)"), Code("return await change.done()"))
                return (
                    (self._change("restoring", "delete", core="trash"),),
                    lines,
                    f"Bring back {phrase} that was deleted: {text(access.delete)}.",
                )
            case Kind.MOVE:
                return self._moved(next(move for move in self.entity.moves if move.name == endpoint.action))
            case Kind.ACTION:
                return self._acted(next(found for found in self.entity.actions if found.name == endpoint.action))
            case _:
                raise AssertionError(f"{endpoint.kind} is no endpoint of an entity")

    def _title(self) -> str:
        return self.many[0].upper() + self.many[1:]

    def _id(self) -> Code:
        return code("id: {}", name("app.core.schemas", "UuidId" if self.entity.ids is Ids.UUID7 else "Id"))

    def _written(
        self, function: str, dependency: str, ending: str, doc: str
    ) -> tuple[tuple[Code, ...], tuple[Code, ...], str]:
        body = code("body: {}", self._schema(f"{self.entity.name}{ending}"))
        answered = "created" if function == "create" else "done"
        lines = (Code(f"await service.{function}(change, body)"), Code(f"return await change.{answered}()"))
        alone = ", alone=service.FORM" if function == "create" and is_alone(self.design, self.entity) else ""
        return (body, self._change(dependency, function, alone)), lines, doc

    def _moved(self, move: Move) -> tuple[tuple[Code, ...], tuple[Code, ...], str]:
        body = body_of(self.contract, self.entity, move.name)
        sources = " or ".join(word.replace("_", " ") for word in move.source)
        doc = f"{_verb(move).capitalize()} {a(self.one)} that is {sources}: {text(move.by)}."
        lines = (
            Code(f"await service.{move.name}(change{', body' if body else ''})"),
            Code("return await change.done()"),
        )
        return (*self._sent(body), self._change("changing", move.name, f", {quoted(_verb(move))}")), lines, doc

    def _acted(self, action: Action) -> tuple[tuple[Code, ...], tuple[Code, ...], str]:
        body = body_of(self.contract, self.entity, action.name)
        called = f"await service.{action.name}(change{', body' if body else ''})"
        if action.output:
            lines: tuple[Code, ...] = (
                code("return await {}(change, {})", name("app.core.actions", "answered"), called),
            )
        else:
            lines = (Code(called), Code("return await change.gone()"))
        subject = a(self.one) if action.item else self.many
        doc = f"{_verb(action).capitalize()} {subject}: {text(action.by)}."
        options = f", {quoted(_verb(action))}, item={action.item}"
        return (*self._sent(body), self._change("acting", action.name, options, core="actions")), lines, doc

    def _sent(self, body: Code | None) -> tuple[Code, ...]:
        return (code("body: {}", body),) if body else ()


def own_statuses(endpoint: Endpoint) -> frozenset[int]:
    """The problems of an endpoint, but for those that any operation has."""
    return frozenset(answer.status for answer in endpoint.answers[1:]) - EVERYWHERE


def _problems(statuses: frozenset[int]) -> tuple[Code, ...]:
    if not statuses:
        return ()
    inner = ", ".join(map(str, sorted(statuses)))
    return (code("responses={}({})", name("app.core.routes", "problems"), inner),)


def _verb(does: Move | Action) -> str:
    return does.name.replace("_", " ")
