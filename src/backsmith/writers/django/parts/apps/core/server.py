"""The server: uvicorn takes requests in, with deadlines for what does not arrive, and threads answer whole ones.

A slow client holds no thread and no connection of the database. gunicorn or `runserver` serve the same application.
"""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from secrets import token_hex
from time import monotonic
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from a2wsgi.asgi_typing import Receive, Scope, Send
from a2wsgi.wsgi import build_environ
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from apps.core import errors, health
from apps.core.middleware import sealed
from config.environment import settings

NOTICE = 2.0  # seconds after SIGTERM in which requests are accepted while `/health/ready` says that it is stopping
LATE = 5.0  # seconds after `body_timeout`, which the application answers, when the server ends the connection
LINGER = 1.0  # seconds in which an answer to what is no request can be read
HEAD_LIMIT = 65_536


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 in which headers and bodies have deadlines: an application never sees half a header."""

    expiry: asyncio.TimerHandle | None = None
    head, begun, refused = 0, False, False  # how many bytes of a head have come, and whether it is unfinished

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._allow(settings.header_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._allow(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.refused:
            return
        super().data_received(data)
        if self.begun:
            self.head += len(data)
            if self.head > HEAD_LIMIT:
                self._refuse(431, "The headers are too large.")
        elif self.expiry is None and not self._busy():  # empty lines between requests
            self._allow(settings.header_timeout)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.begun, self.head = True, 0
        self._allow(settings.header_timeout)

    def on_headers_complete(self) -> None:
        self.begun = False
        self._allow(settings.body_timeout + LATE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._allow(None)
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        self.transport.abort()  # `close` would wait for a client that does not read

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "This is not HTTP/1.1.")

    def _allow(self, seconds: float | None) -> None:
        if self.expiry is not None:
            self.expiry.cancel()
        self.expiry = None if seconds is None else self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        self.expiry = None
        if self._busy():  # an answer is on its way: it has a deadline of its own
            self._allow(settings.header_timeout)
        elif self.begun:
            self._refuse(408, "The headers did not arrive in time.")
        else:
            self.transport.close()

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, status: int, detail: str) -> None:
        response = errors.document(status, detail, headers={"Connection": "close"})
        lines = [f"HTTP/1.1 {status} ", *(f"\r\n{name}: {value}" for name, value in response.items())]
        length = f"\r\nContent-Length: {len(response.content)}\r\n\r\n"
        self.transport.write("".join([*lines, length]).encode("latin-1") + response.content)
        self.transport.write_eof()
        self.refused = True  # what still comes is thrown away: closing at once could take the answer along
        self._allow(None)
        self.expiry = self.loop.call_later(LINGER, self.transport.abort)


class Server(uvicorn.Server):
    """Says that it is stopping, finishes what it began, and ends within thirty seconds."""

    stop_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        health.Process.phase = health.Phase.STOPPING
        if sig == signal.SIGTERM and self.stop_at is None:
            self.stop_at = monotonic() + NOTICE
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        self.should_exit |= self.stop_at is not None and monotonic() >= self.stop_at
        return await super().on_tick(counter)


class Whole:
    """Hands requests on when all of their body is there. Raises nothing: what is late or too large is answered."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        pieces, size, more = list[bytes](), 0, True
        try:
            async with asyncio.timeout(settings.body_timeout):
                while more and size <= settings.body_limit:
                    message: Any = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    pieces.append(message.get("body", b""))
                    size, more = size + len(pieces[-1]), message.get("more_body", False)
        except TimeoutError:
            await _sent(errors.answer(errors.RequestTimeout()), send)
            return
        if size > settings.body_limit:
            await _sent(errors.answer(errors.BodyTooLarge()), send)
            return
        body: Any = {"type": "http.request", "body": b"".join(pieces), "more_body": False}

        async def whole() -> Any:
            return body

        headers = [header for header in scope["headers"] if header[0] not in (b"transfer-encoding", b"content-length")]
        scope["headers"] = [*headers, (b"content-length", b"%d" % size)] if size else headers
        begun = False

        async def begin(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, whole, begin)
        except asyncio.CancelledError:  # the server stops, and has waited
            if begun:
                raise
            await _sent(errors.answer(errors.Unavailable()), send)


class Threads:
    """A WSGI application in threads. They take whole requests and give whole answers: each exchange costs a query's time."""

    def __init__(self, app: Any, count: int) -> None:
        self.app, self.pool = app, ThreadPoolExecutor(count, "answers")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        loop, message = asyncio.get_running_loop(), await receive()
        body: Any = BytesIO(message["body"])
        environ = build_environ(scope, body)

        def tell(message: Any) -> None:
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        for each in await loop.run_in_executor(self.pool, self._answered, environ, tell):
            await send(each)

    def _answered(self, environ: Any, tell: Callable[[Any], None]) -> list[Any]:
        """What is left to be sent of an answer: all of it, unless it is streamed."""
        head: dict[str, Any] = {"type": "http.response.start"}

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            head["status"] = int(status[:3])
            head["headers"] = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]

        response = self.app(environ, start)
        try:
            if not getattr(response, "streaming", False):
                return [head, {"type": "http.response.body", "body": b"".join(response)}]
            tell(head)
            for chunk in response:
                tell({"type": "http.response.body", "body": chunk, "more_body": True})
            return [{"type": "http.response.body", "body": b""}]
        finally:
            if hasattr(response, "close"):
                response.close()


async def _sent(response: Any, send: Send) -> None:
    sealed(response, token_hex(8))
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content, "more_body": False})


def configuration(application: Any, **changes: Any) -> uvicorn.Config:
    """How uvicorn runs a WSGI application. There are as many threads as connections of the database."""
    app = Whole(Threads(application, settings.database_pool))
    options: dict[str, Any] = {"host": settings.host, "port": settings.port, "lifespan": "off", "ws": "none"}
    options |= {"http": Protocol, "log_config": None, "access_log": False, "server_header": False}
    options |= {"forwarded_allow_ips": list(map(str, settings.trusted_proxies))}
    options |= {"timeout_keep_alive": 20, "timeout_graceful_shutdown": 23}  # which is 25 after SIGTERM
    return uvicorn.Config(app, **options | changes)


def run(application: Any) -> None:
    """Serve the application in one process until it is told to stop."""
    gc.set_threshold(50_000, 20, 100)
    with suppress(KeyboardInterrupt):
        Server(configuration(application)).run()


def end() -> NoReturn:
    """End the process. Threads that are still at work are not waited for: what they have not committed is undone."""
    logging.shutdown()
    os._exit(0)
