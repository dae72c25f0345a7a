"""Around every request: its id, limits of size and time, security headers, the line in the log and the counters.

Plain ASGI, one layer: it costs some microseconds a request.
"""

import asyncio
import re
from secrets import token_hex
from time import perf_counter

import structlog
from fastapi import FastAPI, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from app.config import settings
from app.core import metrics
from app.core.errors import BodyTooLarge, Problem, RequestTimeout, Unavailable, answer, document
from app.core.limits import client_address

log: FilteringBoundLogger = structlog.get_logger()

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
QUIET = ("/health/", "/metrics")
DOCS = "/docs"
OWN = ("X-API-Key", "X-CSRF-Token", "X-Request-Id", "X-Tenant")
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    *([(b"strict-transport-security", b"max-age=31536000; includeSubDomains")] if settings.production else []),
]
API = [
    *SECURITY,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
PAGES = [
    *SECURITY,
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
]


class Edge:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await Exchange(scope, send).run(self.app, receive)
        else:
            await self.app(scope, receive, send)


class Exchange:
    """One request and its answer."""

    __slots__ = ("deadline", "headers", "scope", "send", "started", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.started, self.status = perf_counter(), 0
        self.deadline = asyncio.timeout(settings.request_timeout)

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        """Answer the request, whatever happens in `app`."""
        request_id, length = self._read_headers()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        self.headers = self.scope["answer_headers"] = [(b"x-request-id", request_id)]
        metrics.IN_FLIGHT.inc()
        try:
            await self._guard(app, receive, length)
        finally:
            metrics.IN_FLIGHT.dec()
            self._record()

    def _read_headers(self) -> tuple[bytes, int]:
        """The request's id, theirs if they sent a usable one, and the length of its body: -1 where it does not say."""
        request_id, length = b"", 0
        for name, value in self.scope["headers"]:
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                length = -1
            elif name == b"x-request-id" and REQUEST_ID.fullmatch(value):
                request_id = value
        return request_id or token_hex(8).encode(), length

    async def _guard(self, app: ASGIApp, receive: Receive, length: int) -> None:
        try:
            async with self.deadline:
                if self.scope["method"] == "TRACE":
                    return await self._say(document(405, "This method is never allowed."))
                if length > settings.body_limit:
                    raise BodyTooLarge
                await app(self.scope, self._limited(receive) if length else receive, self._send)
        except asyncio.CancelledError:
            await self._instead(Unavailable("The service is shutting down: try again."))
            raise
        except Problem as problem:
            await self._instead(problem)
        except TimeoutError:
            log.warning("request_timeout", path=self.scope["path"])
            await self._instead(Unavailable("The answer took too long: try again."))
        except Exception:
            log.exception("unhandled", path=self.scope["path"])
            await self._instead(None)

    async def _instead(self, problem: Problem | None) -> None:
        """Answer with this problem, or, where the answer has begun, let the server close the connection."""
        if self.status:
            raise ConnectionAbortedError("the answer could not be finished")
        await self._say(
            answer(problem) if problem else document(500, "Something went wrong here; it has been recorded.")
        )

    async def _say(self, response: Response) -> None:
        await response(self.scope, _nothing, self._send)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            fixed = PAGES if self.scope["path"].startswith(DOCS) else API
            message["headers"] = [*message.get("headers", ()), *fixed, *self.headers]
        elif message.get("more_body") and not self.deadline.expired():
            self.deadline.reschedule(asyncio.get_running_loop().time() + settings.request_timeout)
        await self.send(message)

    def _limited(self, receive: Receive) -> Receive:
        """The same body with limits of size and time. Raises BodyTooLarge and RequestTimeout."""
        deadline = asyncio.get_running_loop().time() + settings.body_timeout
        size, more = 0, True

        async def limited() -> Message:
            nonlocal size, more
            try:
                async with asyncio.timeout_at(deadline if more else None):
                    message = await receive()
            except TimeoutError:
                raise RequestTimeout from None
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
            if size > settings.body_limit:
                raise BodyTooLarge
            return message

        return limited

    def _record(self) -> None:
        seconds = perf_counter() - self.started
        method, path = self.scope["method"], self.scope["path"]
        metrics.observe(method, getattr(self.scope.get("route"), "path", "none"), self.status, seconds)
        if not path.startswith(QUIET):
            client = client_address(self.scope)
            log.info(
                "request", method=method, path=path, status=self.status, ms=round(seconds * 1000, 2), client=client
            )


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def install(app: FastAPI) -> None:
    """Put `Edge` around `app`, and the rules for other origins inside it where settings name any."""
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", *OWN],
            expose_headers=["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
        )
    app.add_middleware(Edge)
