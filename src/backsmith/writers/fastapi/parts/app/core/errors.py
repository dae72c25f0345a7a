"""Errors as RFC 9457 problem documents: one shape for all, without what was sent and without internals."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Literal, get_args

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.core.logs import log

Code = Literal[
    "required", "type", "format", "too_short", "too_long", "too_small", "too_large", "pattern", "choice", "unknown",
    "read_only", "forbidden", "not_found", "duplicate", "in_use", "bound", "check", "overlap", "wrong_state", "stale",
    "cursor", "sort", "expand", "limit", "in_flight", "key_reused", "json", "media_type", "body_size", "rate",
    "credentials", "weak", "expired"]  # fmt: skip
"""The closed list of codes that a client can rely on."""
CODES: dict[str, Code] = {code: code for code in get_args(Code)}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field or parameter: `field` is its dotted path, or empty for the request as a whole."""

    field: str
    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: Sequence[FieldError]


class Problem(Exception):
    """An error that the caller is told. `detail` and messages hold neither what was sent nor an internal."""

    status: ClassVar[int] = 400
    says: ClassVar[str] = "The request cannot be read."
    code: ClassVar[Code | None] = None  # for the request as a whole, where there are no other errors
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        self.detail = detail or self.says
        super().__init__(self.detail)
        self.errors = errors or ([FieldError("", self.code, self.detail)] if self.code else [])


class BadJson(Problem):
    says, code = "The body is not JSON.", "json"


class Unauthorized(Problem):
    status, says, headers = 401, "Sign in first.", {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    status = 403

    def __init__(self, action: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(f"You may not {action}.", errors)


class NotFound(Problem):
    status = 404

    def __init__(self, kind: str = "page") -> None:
        super().__init__(f"There is no such {kind}.")


class RequestTimeout(Problem):
    status, says, headers = 408, "The body did not arrive in time.", {"Connection": "close"}


class Conflict(Problem):
    status = 409

    def __init__(self, code: Code, field: str, message: str) -> None:
        super().__init__(message, [FieldError(field, code, message)])


class PreconditionFailed(Problem):
    status, says, code = 412, "It has changed since it was read.", "stale"


class BodyTooLarge(Problem):
    status, says, code = 413, "The body is too large.", "body_size"


class WrongMediaType(Problem):
    status, says, code = 415, "The body has to be JSON, sent as application/json.", "media_type"


class Invalid(Problem):
    status, says = 422, "Not everything that was sent is valid."

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors=errors)


class TooMany(Problem):
    status, code = 429, "rate"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests: try again in {retry_after} seconds.")
        self.headers = {"Retry-After": str(retry_after)}


class Broken(Problem):
    status, says = 500, "Something went wrong here; it has been recorded."


class Unavailable(Problem):
    status, says, headers = 503, "The service cannot answer at the moment: try again.", {"Retry-After": "1"}


def answer(problem: Problem) -> Response:
    """The problem document as a response."""
    return document(problem.status, problem.detail, problem.errors, problem.headers)


def document(status: int, detail: str, errors: Sequence[FieldError] = (), headers: Any = None) -> Response:
    """A problem document of any status as a response."""
    body = ProblemDocument("about:blank", HTTPStatus(status).phrase, status, detail, errors)
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}


# Pydantic's error types whose messages say what is allowed and nothing of what was sent, by the code that is told.
KINDS: Mapping[Code, str] = {
    "required": "missing",
    "unknown": "extra_forbidden",
    "too_short": "string_too_short",
    "too_long": "string_too_long",
    "pattern": "string_pattern_mismatch",
    "too_small": "greater_than greater_than_equal",
    "too_large": "less_than less_than_equal int_parsing_size decimal_max_digits decimal_whole_digits",
    "format": "decimal_max_places finite_number timezone_aware",
    "choice": "literal_error enum",
}
# Of a text that is read once more, Pydantic speaks as of a list, and tells how long it was.
COUNTED = re.compile(r"Value (should have at \w+ \d+) item(s?) after validation.*")
# A custom error whose type is a code keeps its message.
TOLD: Mapping[str, Code] = CODES | {kind: code for code, kinds in KINDS.items() for kind in kinds.split()}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of Pydantic's errors as it is told."""
    kind, place = error["type"], error["loc"]
    outer = place and place[0] in ("body", "query", "path", "header", "cookie")
    field = ".".join(map(str, place[1:] if outer else place))
    if kind in TOLD:
        return FieldError(field, TOLD[kind], COUNTED.sub(r"String \1 character\2", error["msg"]))
    if kind.endswith(("_type", "int_parsing", "int_from_float", "bool_parsing", "float_parsing", "decimal_parsing")):
        return FieldError(field, "type", "This has the wrong type.")
    return FieldError(field, "format", "This is not written as it should be.")


SQLITE_BUSY = {5, 6, 10, 13, 14}  # busy, locked, an input or output error, a full disk, a file that does not open
POSTGRESQL_BUSY = {"08", "40", "53", "55", "57", "58"}  # connection, deadlock, resources, locks, cancelled, system


def is_unavailable(error: BaseException) -> bool:
    """Whether this says that the database cannot be reached or is too busy, rather than that a statement is wrong."""
    if isinstance(error, OSError):  # among them ConnectionError and TimeoutError
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.OperationalError):
        return (original.sqlite_errorcode & 0xFF) in SQLITE_BUSY
    state = getattr(original, "sqlstate", None) or ""
    return state[:2] in POSTGRESQL_BUSY or getattr(error, "connection_invalidated", False)


def refusal(error: RequestValidationError) -> Problem:
    """What is told of a body or a parameter that does not fit."""
    if any(line["type"] == "json_invalid" for line in error.errors()):
        return BadJson()
    if isinstance(error.body, bytes):  # FastAPI hands on a body of another media type as it came
        return WrongMediaType()
    return Invalid([field_error(line) for line in error.errors()])


def _methods(request: Request) -> list[str]:
    """The methods that the path of a request has."""
    asked = ({**request.scope, "method": method} for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))
    routes = [route.matches for route in request.app.routes if not hasattr(route, "routers")]
    taken = [each["method"] for each in asked if any(matches(each)[0] is Match.FULL for matches in routes)]
    return ["GET", "HEAD", *taken[1:]] if "GET" in taken else taken


async def _handle(request: Request, error: Exception) -> Response:
    match error:
        case (Problem() as problem) | HTTPException(__cause__=Problem() as problem):  # the second: in reading a body
            return answer(problem)
        case RequestValidationError():
            return answer(refusal(error))
        case HTTPException(status_code=400):
            return answer(BadJson("The body cannot be read."))
        case HTTPException(status_code=status):
            headers = {"Allow": ", ".join(_methods(request))} if status == 405 else error.headers
            return document(status, HTTPStatus(status).phrase + ".", headers=headers)
    if not is_unavailable(error):
        raise error
    log.warning("database_unavailable", error=type(error).__name__)
    return answer(Unavailable())


def install(app: FastAPI) -> None:
    """Answer the errors of `app` as problem documents. What is left, `core.middleware` answers with 500."""
    for kind in (Problem, HTTPException, RequestValidationError, SQLAlchemyError, OSError):
        app.add_exception_handler(kind, _handle)
