"""Errors as RFC 9457 problem documents: one shape for all, without what was sent and without internals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Literal, get_args

import msgspec
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from apps.core.logs import log

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


class MethodNotAllowed(Problem):
    status, says = 405, "Method Not Allowed."


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


def answer(problem: Problem) -> HttpResponse:
    """The problem document as a response."""
    return document(problem.status, problem.detail, problem.errors, problem.headers)


def document(status: int, detail: str, errors: Sequence[FieldError] = (), headers: Any = None) -> HttpResponse:
    """A problem document of any status as a response."""
    body = ProblemDocument("about:blank", HTTPStatus(status).phrase, status, detail, errors)
    return HttpResponse(msgspec.json.encode(body), "application/problem+json", status, headers=headers)


SQLITE_BUSY = {5, 6, 10, 13, 14}  # busy, locked, an input or output error, a full disk, a file that does not open
POSTGRESQL_BUSY = {"08", "40", "53", "55", "57", "58"}  # connection, deadlock, resources, locks, cancelled, system


def is_unavailable(error: BaseException) -> bool:
    """Whether this says that the database cannot be reached or is too busy, rather than that a statement is wrong."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return isinstance(error, OSError)  # among them ConnectionError and TimeoutError
    cause = error.__cause__
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return isinstance(error, OperationalError) and (code & 0xFF) in SQLITE_BUSY
    state = getattr(cause, "sqlstate", None)
    return state[:2] in POSTGRESQL_BUSY if state else isinstance(error, OperationalError | InterfaceError)


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """What Django REST framework answers in place of an error; None for one that is nobody's but ours."""
    found = problem_of(error)
    return None if found is None else answer(found)


def problem_of(error: Exception) -> Problem | None:
    """What the caller is told of an error."""
    match error:
        case Problem():
            return error
        case Http404():
            return NotFound()
        case exceptions.ParseError():
            return BadJson("The body cannot be read.")
        case exceptions.UnsupportedMediaType():
            return WrongMediaType()
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed()
    if is_unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return Unavailable()
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a path that is none."""
    return document(404, "Not Found.")
