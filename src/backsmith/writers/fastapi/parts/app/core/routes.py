"""Routes: JSON bodies are read strictly, and after the answers that come before a body's: 401, 404, 403 and 412."""

import json
import math
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.core.errors import CONTENT, BadJson

DEPTH = 64  # how deep a document may be nested


class StrictRequest(Request):
    """A request whose JSON has nothing that readers disagree about: names that stand twice, NaN, lone surrogates."""

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


class Answered(Exception):
    """There is an answer already: what a dependency raises in place of running the endpoint."""

    def __init__(self, response: Response) -> None:
        self.response = response


class JsonRoute(APIRoute):
    """A route that reads its body by `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            try:
                return await handle(StrictRequest(request.scope, request.receive))
            except Answered as answered:
                return answered.response

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
