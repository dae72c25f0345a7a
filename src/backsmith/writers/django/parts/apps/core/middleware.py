"""Around every request: its id, limits of size, security headers, the line in the log, the counters, and its errors."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import Histogram

from apps.core.errors import BodyTooLarge, Broken, answer, problem_of
from apps.core.idempotency import Answered
from apps.core.logs import log
from config.environment import settings

SECONDS = Histogram("http_request_seconds", "Time to the end of the answer.", ["method", "route", "status"])
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET = ("/health/", "/metrics")
SECURITY = {  # what every answer says, unless it says something else itself
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
ADMIN_SITE = {  # its forms say where they come from; its scripts and styles are its own, and make functions and styles
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'self'",
}
if settings.production:
    SECURITY["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class EdgeMiddleware:
    """The outermost layer of the application."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started, sent = perf_counter(), request.META.get("HTTP_X_REQUEST_ID", "")
        id = sent if REQUEST_ID.fullmatch(sent) else token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=id)
        response = self._answered(request)
        for name, value in (*getattr(request, "answer_headers", ()), *_of_site(request)):
            response.headers[name] = value
        sealed(response, id)
        self._record(request, response.status_code, perf_counter() - started)
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.body_limit:
            return answer(BodyTooLarge())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """What is told of an error that no view has answered."""
        if isinstance(error, Answered):
            return error.response
        problem = problem_of(error)
        if problem is None:
            log.exception("unhandled", path=request.path, exc_info=error)
        return answer(problem or Broken())

    def _record(self, request: HttpRequest, status: int, seconds: float) -> None:
        found: Any = request.resolver_match
        template = f"/{found.route}" if found else "none"  # of paths there is no end
        _counted(str(request.method), template, status).observe(seconds)
        if not request.path.startswith(QUIET):
            ms, client = round(seconds * 1000, 2), request.META.get("REMOTE_ADDR", "")
            log.info("request", method=request.method, path=request.path, status=status, ms=ms, client=client)


def _of_site(request: HttpRequest) -> Iterable[tuple[str, str]]:
    """What pages of the admin site say otherwise."""
    found: Any = request.resolver_match
    return ADMIN_SITE.items() if found and found.app_name == "admin" else ()


def sealed(response: HttpResponseBase, id: str) -> None:
    """Give an answer the headers that every one has."""
    response.headers["X-Request-Id"] = id
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if not response.streaming:
        response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]


@lru_cache(4096)
def _counted(method: str, route: str, status: int) -> Histogram:
    return SECONDS.labels(method, route, status)
