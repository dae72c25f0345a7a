"""Around every request: its id, limits of size and time, security headers, the line in the log and the counters."""

import asyncio
import os
import re
import sys
from secrets import token_hex
from time import perf_counter

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from prometheus_client import Histogram
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import settings
from app.core.errors import BodyTooLarge, Broken, Problem, RequestTimeout, Unavailable, answer
from app.core.limits import client_address
from app.core.logs import log

SECONDS = Histogram("http_request_seconds", "Time to the end of the answer.", ["method", "route", "status"])
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
OBSERVED = "opentelemetry.sdk" in sys.modules or any(name.startswith("OTEL_") for name in os.environ)
# To look for it costs a tenth of a request.
TELEMETRY = TelemetryConfig(tracing=OBSERVED, metrics=OBSERVED, logs=OBSERVED)
QUIET = ("/health/", "/metrics")
EXPOSED = ("ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id")
SECURITY = {  # what every answer says, unless it says something else itself
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
if settings.production:
    SECURITY[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.status = self.received = 0
        self.begun = asyncio.get_running_loop().time()

    async def run(self, app: ASGIApp) -> None:
        """Answer the request, whatever happens in `app`."""
        started, sent = perf_counter(), dict(self.scope["headers"])
        id = sent.get(b"x-request-id", b"")
        id = id if REQUEST_ID.fullmatch(id) else token_hex(8).encode()
        structlog.contextvars.bind_contextvars(request_id=id.decode())
        self.headers = self.scope["answer_headers"] = [(b"x-request-id", id)]
        length = int(sent.get(b"content-length", 0))
        self.reading = length > 0 or b"transfer-encoding" in sent  # whether there is more of a body to come
        try:
            await self._guard(app, length)
        finally:
            self._record(perf_counter() - started)

    async def _guard(self, app: ASGIApp, length: int) -> None:
        seconds = settings.body_timeout if self.reading else settings.request_timeout
        try:
            async with asyncio.timeout_at(self.begun + seconds) as self.deadline:
                if length > settings.body_limit:
                    raise BodyTooLarge
                await app(self.scope, self._receive if self.reading else self.receive, self._send)
        except asyncio.CancelledError:
            await self._instead(Unavailable("The service is shutting down: try again."))
            raise
        except Problem as problem:
            await self._instead(problem)
        except TimeoutError:
            log.warning("request_timeout", path=self.scope["path"])
            slow = Unavailable("The answer took too long: try again.")
            await self._instead(RequestTimeout() if self.reading else slow)
        except Exception:
            log.exception("unhandled", path=self.scope["path"])
            await self._instead(Broken())

    async def _instead(self, problem: Problem) -> None:
        """Answer with this problem, or, where the answer has begun, let the server close the connection."""
        if self.status:
            raise ConnectionAbortedError("the answer could not be finished")
        await answer(problem)(self.scope, self.receive, self._send)

    async def _receive(self) -> Message:
        """A piece of the body. Raises BodyTooLarge."""
        message = await self.receive()
        self.received += len(message.get("body", b""))
        if self.received > settings.body_limit:
            raise BodyTooLarge
        if self.reading and not message.get("more_body"):
            self.reading = False
            self.deadline.reschedule(self.begun + settings.request_timeout)
        return message

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), *self.headers]
            said = {name for name, _ in headers}
            message["headers"] = [*headers, *(header for header in SECURITY.items() if header[0] not in said)]
        elif message.get("more_body") and not self.deadline.expired():
            self.deadline.reschedule(asyncio.get_running_loop().time() + settings.request_timeout)
        await self.send(message)

    def _record(self, seconds: float) -> None:
        method, path, status = self.scope["method"], self.scope["path"], self.status
        template = getattr(self.scope.get("route"), "path", "none")  # of paths there is no end
        SECONDS.labels(method, template, status).observe(seconds)
        if not path.startswith(QUIET):
            ms, client = round(seconds * 1000, 2), client_address(self.scope)
            log.info("request", method=method, path=path, status=status, ms=ms, client=client)


def edge(app: ASGIApp) -> ASGIApp:
    """The outermost layer of the application."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            as_get = {"method": "GET"} if scope["method"] == "HEAD" else {}  # the server leaves the body out
            await Exchange({**scope, **as_get}, receive, send).run(app)
        else:
            await app(scope, receive, send)

    return guarded


def install(app: FastAPI) -> None:
    """Put `edge` around `app`, and the rules for other origins inside it where settings name any."""
    if settings.cors_origins:
        origins, any_ = settings.cors_origins, ["*"]
        app.add_middleware(CORSMiddleware, origins, any_, any_, allow_credentials=True, expose_headers=EXPOSED)
    app.add_middleware(edge)
