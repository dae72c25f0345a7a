"""Errors as RFC 9457 problem documents: one shape for all, without what was sent and without internals."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Literal, get_args

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from structlog.typing import FilteringBoundLogger

log: FilteringBoundLogger = structlog.get_logger()

# fmt: off
Code = Literal[
    "required", "type", "format", "too_short", "too_long", "too_small", "too_large", "pattern", "choice", "unknown",
    "read_only", "forbidden", "not_found", "duplicate", "in_use", "bound", "check", "overlap", "wrong_state", "stale",
    "cursor", "sort", "expand", "limit", "in_flight", "key_reused", "json", "media_type", "body_size", "rate",
    "credentials", "weak", "expired",
]
# fmt: on
"""The closed list of codes that a client can rely on."""
CODES: Mapping[str, Code] = {code: code for code in get_args(Code)}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field or parameter: `field` is its dotted path, or empty for the request as a whole."""

    field: str
    code: Code
    message: str


class Problem(Exception):
    """An error that the caller is told. `detail` and messages hold neither what was sent nor an internal."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] = {}) -> None:
        super().__init__(detail)
        self.detail, self.errors, self.headers = detail, tuple(errors), headers


class BadJson(Problem):
    def __init__(self, detail: str = "The body is not JSON.") -> None:
        super().__init__(detail, [FieldError("", "json", detail)])


class Unauthorized(Problem):
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, detail: str = "Sign in first.", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail, errors, {"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN

    def __init__(self, action: str = "do this", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(f"You may not {action}.", errors)


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND

    def __init__(self, kind: str = "page") -> None:
        super().__init__(f"There is no such {kind}.")


class RequestTimeout(Problem):
    status = HTTPStatus.REQUEST_TIMEOUT

    def __init__(self) -> None:
        super().__init__("The body did not arrive in time.", headers={"Connection": "close"})


class Conflict(Problem):
    status = HTTPStatus.CONFLICT

    def __init__(self, code: Code, field: str, message: str) -> None:
        super().__init__(message, [FieldError(field, code, message)])


class PreconditionFailed(Problem):
    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, detail: str = "It has changed since it was read.") -> None:
        super().__init__(detail, [FieldError("If-Match", "stale", detail)])


class BodyTooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, detail: str = "The body is too large.") -> None:
        super().__init__(detail, [FieldError("", "body_size", detail)])


class WrongMediaType(Problem):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def __init__(self, detail: str = "The body has to be JSON, sent as application/json.") -> None:
        super().__init__(detail, [FieldError("", "media_type", detail)])


class Invalid(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("Not everything that was sent is valid.", errors)


class TooMany(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, retry_after: int, headers: Mapping[str, str] = {}) -> None:
        detail = f"Too many requests: try again in {retry_after} seconds."
        super().__init__(detail, [FieldError("", "rate", detail)], {"Retry-After": str(retry_after), **headers})


class Unavailable(Problem):
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str = "The service cannot answer at the moment: try again.") -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


def answer(problem: Problem) -> Response:
    """The problem document as a response."""
    return document(problem.status, problem.detail, problem.errors, problem.headers)


def document(
    status: int, detail: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem document of any status as a response."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": errors}
    return Response(msgspec.json.encode(body), int(status), headers, "application/problem+json")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an endpoint's documentation says of these statuses: `@router.get(..., responses=problems(401, 404))`."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
FIELD_ERROR_SCHEMA: dict[str, Any] = {
    "title": "FieldError",
    "description": "What is wrong with one field or parameter; `field` is a dotted path, or empty for the whole.",
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "examples": ["lines.0.quantity"]},
        "code": {"type": "string", "enum": list(CODES)},
        "message": {"type": "string"},
    },
}

# Pydantic's error types, with what is said of each: Pydantic's own messages can quote what was sent.
MESSAGES: Mapping[str, tuple[Code, str]] = {
    "missing": ("required", "This is required."),
    "extra_forbidden": ("unknown", "There is no such field."),
    "string_too_short": ("too_short", "At least {min_length} characters are needed."),
    "string_too_long": ("too_long", "At most {max_length} characters are allowed."),
    "too_short": ("too_short", "At least {min_length} items are needed."),
    "too_long": ("too_long", "At most {max_length} items are allowed."),
    "string_pattern_mismatch": ("pattern", "This does not match {pattern}"),
    "greater_than": ("too_small", "This must be greater than {gt}."),
    "greater_than_equal": ("too_small", "This must be at least {ge}."),
    "less_than": ("too_large", "This must be less than {lt}."),
    "less_than_equal": ("too_large", "This must be at most {le}."),
    "int_parsing_size": ("too_large", "This number is too large."),
    "decimal_max_digits": ("too_large", "At most {max_digits} digits are allowed."),
    "decimal_whole_digits": ("too_large", "At most {whole_digits} digits are allowed before the point."),
    "decimal_max_places": ("format", "At most {decimal_places} digits are allowed after the point."),
    "finite_number": ("format", "This must be a finite number."),
    "literal_error": ("choice", "This must be {expected}."),
    "enum": ("choice", "This must be {expected}."),
    "string_unicode": ("format", "This is not Unicode text."),
    "timezone_aware": ("format", "This needs an offset from UTC, such as Z."),
    "json_invalid": ("json", "This is not JSON."),
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of Pydantic's errors as it is told. A custom error whose type is one of `CODES` keeps its message."""
    kind, place = error["type"], error["loc"]
    field = ".".join(map(str, place[1:] if place and place[0] in WHERE else place))
    if kind in CODES:
        return FieldError(field, CODES[kind], error["msg"])
    if kind in MESSAGES:
        code, message = MESSAGES[kind]
        return FieldError(field, code, message.format_map(error.get("ctx", {})))
    if kind.endswith(("_type", "int_parsing", "int_from_float", "bool_parsing", "float_parsing", "decimal_parsing")):
        return FieldError(field, "type", "This has the wrong type.")
    return FieldError(field, "format", "This is not written as it should be.")


WHERE = frozenset({"body", "query", "path", "header", "cookie"})


def is_unavailable(error: BaseException) -> bool:
    """Whether this says that the database cannot be reached or is too busy, rather than that a statement is wrong."""
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError | OSError):
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.OperationalError):
        return (original.sqlite_errorcode & 0xFF) in SQLITE_BUSY
    state = getattr(original, "sqlstate", None) or ""
    return state[:2] in POSTGRESQL_BUSY or getattr(error, "connection_invalidated", False)


SQLITE_BUSY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}
POSTGRESQL_BUSY = {"08", "40", "53", "55", "57", "58"}
"""Classes of SQLSTATE: connection, deadlock and serialization, resources, locks, cancelled or shut down, system."""


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework says: unknown paths and methods, bodies that cannot be read."""
    assert isinstance(error, HTTPException)
    match error.status_code, error.__cause__:
        case _, Problem() as cause:
            return answer(cause)
        case 400, _:
            return answer(BadJson("The body cannot be read."))
        case 404, _:
            return answer(NotFound())
        case 413, _:
            return answer(BodyTooLarge())
    return document(error.status_code, HTTPStatus(error.status_code).phrase + ".", headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(refusal(error))


def refusal(error: RequestValidationError) -> Problem:
    """What is told of a body or a parameter that does not fit."""
    if any(line["type"] == "json_invalid" for line in error.errors()):
        return BadJson()
    if isinstance(error.body, bytes):  # FastAPI hands on a body of another media type as it came
        return WrongMediaType()
    return Invalid([field_error(line) for line in error.errors()])


async def _database(request: Request, error: Exception) -> Response:
    if not is_unavailable(error):
        raise error
    log.warning("database_unavailable", error=type(error).__name__)
    return answer(Unavailable())


def install(app: FastAPI) -> None:
    """Answer the errors of `app` as problem documents. What is left, `core.middleware` answers with 500."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(OSError, _database)
