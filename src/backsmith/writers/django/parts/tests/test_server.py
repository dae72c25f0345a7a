"""The server over real sockets: requests that do not arrive, those that are too large, and its end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from apps.core import server
from apps.core.server import Server, configuration
from config.environment import settings

POST = b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says hello, slowly at /slow, and at /echo how long a body is."""
    if environ["PATH_INFO"] == "/slow":
        sleep(0.5)
    said = str(len(environ["wsgi.input"].read())) if environ["PATH_INFO"] == "/echo" else environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said.encode()]


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch, **values: object) -> AsyncIterator[int]:
    """A server in this process, on a port of its own."""
    monkeypatch.setattr(server, "settings", settings.model_copy(update=values))
    monkeypatch.setattr(server, "LATE", 0.1)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        running = Server(configuration(application, timeout_keep_alive=1))
        task = asyncio.create_task(running.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            running.should_exit = True
            await task


async def talk(port: int, *pieces: bytes, pause: float = 0) -> tuple[bytes, float]:
    """What the server says until it closes the connection, and after how many seconds it does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start, reading = monotonic(), asyncio.create_task(reader.read())
    for piece in pieces:
        if not reading.done():
            writer.write(piece)
            await asyncio.sleep(pause)
    answer = await asyncio.wait_for(reading, 5)
    writer.close()
    return answer, monotonic() - start


def said(monkeypatch: pytest.MonkeyPatch, *pieces: bytes, pause: float = 0, **values: object) -> tuple[bytes, float]:
    """What a server with these settings says to what comes in pieces, and after how many seconds."""

    async def asked() -> tuple[bytes, float]:
        async with serving(monkeypatch, **values) as port:
            return await talk(port, *pieces, pause=pause)

    asking: Coroutine[Any, Any, tuple[bytes, float]] = asked()
    return asyncio.run(asking)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([], b""),
        ([b"GET / HT"], b"408"),
        ([b"GET / HTTP/1.1\r\nHost: test\r\n"], b"408"),
        ([b"\r\n\r\n"], b""),
        ([b"GET / HTTP/1.1\r\nHost: test\r\n", *[b"X-More: 1\r\n"] * 8], b"408"),
        ([POST + b"\r\nhalf"], b"408"),
        ([CHUNKED + b"4\r\nhalf\r\n"], b"408"),
    ],
)
def test_what_does_not_arrive(monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], status: bytes) -> None:
    answer, seconds = said(monkeypatch, *pieces, pause=0.1, header_timeout=0.3, body_timeout=0.3)
    assert answer[9:12] == status
    assert 0.2 < seconds < 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: test\r\nX: " + b"x" * 200_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request(monkeypatch: pytest.MonkeyPatch, sent: bytes, status: bytes) -> None:
    answer, seconds = said(monkeypatch, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer[9:12] == status
    assert b"application/problem+json" in head
    assert body.endswith(b"}")
    assert seconds < 2


@pytest.mark.parametrize(("size", "status"), [(2000, b"200"), (2001, b"413")])
def test_the_size_of_a_body_that_comes_in_chunks(monkeypatch: pytest.MonkeyPatch, size: int, status: bytes) -> None:
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"x" * size)
    answer, _ = said(monkeypatch, CHUNKED, body, body_limit=2000)
    assert answer[9:12] == status
    assert answer.endswith(b"2000") == (status == b"200")


def test_an_answer_outlives_the_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = GET.replace(b"/ ", b"/slow ", 1)
    answer, _ = said(monkeypatch, slow + b"GET / HT", pause=0.1, header_timeout=0.1, body_timeout=0.1)
    assert b"/slow" in answer


def test_a_connection_is_kept_and_then_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, seconds = said(monkeypatch, GET, GET, pause=0.3)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert 1 < seconds < 4


SCRIPT = """
import sys, time
from config.wsgi import application
from apps.core import health, server
def slow(environ, start_response):
    if environ["PATH_INFO"] != "/slow":
        return application(environ, start_response)
    time.sleep(float(environ["QUERY_STRING"]))
    start_response("200 OK", [])
    return [b"finished"]
health.Process.phase = health.Phase.SERVING
server.NOTICE = 0.4
server.Server(server.configuration(slow, port=int(sys.argv[1]), timeout_graceful_shutdown=1)).run()
server.end()
"""


async def get(port: int, path: str) -> bytes:
    answer, _ = await talk(port, f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    return answer


async def started(port: int) -> None:
    """Return once the server on this port can be sent requests."""
    for _ in range(200):
        try:
            assert b"200" in (await get(port, "/health/ready"))[:15]
            return
        except ConnectionRefusedError:
            await asyncio.sleep(0.1)


def test_sigterm(tmp_path: Path) -> None:
    """It says that it is stopping, finishes what can be finished, tells the others, and ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db", "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(port)], env=os.environ | here)

    async def ending() -> float:
        await started(port)
        finishing, endless = (asyncio.create_task(get(port, f"/slow?{seconds}")) for seconds in (0.9, 30))
        await asyncio.sleep(0.2)
        start = monotonic()
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        assert b"503" in (await get(port, "/health/ready"))[:15]
        assert b"finished" in await finishing
        assert b"503" in (await endless)[:15]
        return start

    start = asyncio.run(ending())
    assert process.wait(10) == 0
    assert monotonic() - start < 5
