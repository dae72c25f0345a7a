"""Routes: JSON bodies are read strictly, and after the answers that come before a body's: 401, 404, 403 and 412."""

import json
import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from http import HTTPStatus
from inspect import signature
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from app.core.authentication import credentials
from app.core.errors import CONTENT, BadJson

T = TypeVar("T")
Routes = tuple[BaseRoute, list[tuple[Route, BaseRoute]]]
Handle = Callable[["StrictRequest"], Coroutine[Any, Any, Response]]

FIXED = frozenset({"export"})
DEPTH = 64  # how deep a document may be nested


class StrictRequest(Request):
    """A request whose JSON has nothing that readers disagree about: names that stand twice, NaN, lone surrogates.

    opened: what ends before the answer is sent, by whether there is one.
    """

    opened: AsyncExitStack

    async def sent(self) -> Any:
        """The body as FastAPI reads it: a document, the bytes where they are not JSON, or None."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not await self.body():
            return None
        return await (self.json() if kind == "application/json" or kind.endswith("+json") else self.body())

    async def json(self) -> Any:
        """The document, or the Problem that a `Body` raises when its turn has come."""
        body = await self.body()
        try:
            found = json.loads(body.decode(), object_pairs_hook=_members, parse_float=_finite, parse_constant=_finite)
            if b"\\u" in body:
                json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
            # No document is nested deeper than it has brackets, so that most need no walk.
            if body.count(b"[") + body.count(b"{") > DEPTH and _depth(found) > DEPTH:
                raise RecursionError
        except RecursionError:
            return BadJson("The document is nested too deeply.")
        except ValueError:
            return BadJson("The body is no JSON document that every reader would read alike.")
        return found


async def within(request: Any, context: AbstractAsyncContextManager[T]) -> T:
    """What a context gives, which lasts until the request has its answer: FastAPI's own way costs twice as much."""
    found: T = await request.opened.enter_async_context(context)
    return found


class Answered(Exception):
    """There is an answer already: what a dependency raises in place of running the endpoint."""

    def __init__(self, response: Response) -> None:
        self.response = response


def include(app: FastAPI, prefix: str, routers: Sequence[APIRouter], dependencies: Sequence[Any] = ()) -> None:
    """Serve routers, each found by how a path begins."""
    found: dict[str, Routes] = {}
    for router in routers:
        app.include_router(router, prefix=prefix, dependencies=dependencies)
        each = () if dependencies or app.router.dependencies else filter(_is_plain, router.routes)
        found[prefix + router.prefix] = app.routes[-1], [(_plain(prefix, route), route) for route in each]
    app.routes.insert(0, _Begun(found))


class _Begun(BaseRoute):
    """Routers by the beginnings of their paths: FastAPI tries every route of every router, and those it takes twice."""

    def __init__(self, routers: Mapping[str, Routes]) -> None:
        self.routers = routers

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        router, plain = self.routers.get("/".join(scope["path"].split("/", 4)[:4]), (None, []))
        for route, documented in () if scope["app"].dependency_overrides else plain:
            match, inner = route.matches(scope) if scope["method"] in (route.methods or ()) else (Match.NONE, {})
            if match is Match.FULL:
                return match, {**inner, "begun": route, "route": documented}
        return (Match.NONE, {}) if router is None else (Match.FULL, {"begun": router})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["begun"].handle(scope, receive, send)


def _is_plain(route: Any) -> bool:
    """Whether it takes who calls and an id, or a body for a new row: FastAPI finds these at the cost of a statement."""
    takes = signature(route.endpoint).parameters
    begins = signature(takes["change"].default.dependency).parameters.keys() if "change" in takes else set()
    makes = takes.keys() == {"body", "change"} and begins == {"request", "caller", "idempotency_key"}
    reads = route.methods == {"GET"} and takes.keys() <= {"request", "caller", "id"}
    return not route.dependencies and (makes or reads)


def _plain(prefix: str, route: Any) -> Route:
    """The same endpoint, given what it takes without FastAPI. An id that is none is left to that."""
    hints, takes = get_type_hints(route.endpoint, include_extras=True), signature(route.endpoint).parameters
    read = TypeAdapter[Any](hints.get("body", hints.get("id", str))).validate_python
    key = "uuid" if getattr(hints.get("id"), "__origin__", None) is UUID else "int"

    async def made(request: StrictRequest) -> Response:
        sent = await request.sent()
        again = request.headers.get("idempotency-key")
        change = await takes["change"].default.dependency(request, await credentials(request), again)
        if sent is None:
            missing = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}
            raise RequestValidationError([missing])
        try:
            body = read(sent)
        except ValidationError as error:
            lines = [{**line, "loc": ("body", *line["loc"])} for line in error.errors(include_url=False)]
            raise RequestValidationError(lines, body=sent) from None
        response: Response = await route.endpoint(body, change)
        return response

    async def read_only(request: StrictRequest) -> Response:
        values = {name: read(str(text)) for name, text in request.path_params.items()}
        response: Response = await route.endpoint(request=request, caller=await credentials(request), **values)
        return response

    handle = made if "body" in takes else read_only

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        request = StrictRequest(scope, receive)
        response = await (_answered(handle, request) if handle is made else handle(request))
        await response(scope, receive, send)

    found = Route(prefix + route.path.replace("{id}", f"{{id:{key}}}"), handle, methods=[*route.methods])
    found.app = served  # what Starlette makes of a function is one application within another
    return found


async def _answered(handle: Handle, request: StrictRequest) -> Response:
    try:
        async with AsyncExitStack() as request.opened:
            return await handle(request)
    except Answered as answered:
        return answered.response


class JsonRoute(APIRoute):
    """A route that reads its body by `StrictRequest`. A word that is a path of its own is no id."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, inner = super().matches(scope)
        return (Match.NONE, {}) if inner.get("path_params", {}).get("id") in FIXED else (match, inner)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await _answered(handle, StrictRequest(request.scope, request.receive))

        return strictly


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an endpoint's documentation says of these statuses: `@router.get(..., responses=problems(401, 404))`."""
    return {status: {"description": HTTPStatus(status).phrase, "content": CONTENT} for status in statuses}


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice")
    return members


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("no finite number")
    return number


def _depth(item: Any) -> int:
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return 1 + max(map(_depth, inner), default=-1)
