"""The server over real sockets: requests that do not arrive, and its end."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest
from fastapi import FastAPI, Request

from app.config import settings
from app.core import errors, middleware, server
from app.core.server import Server, configuration

POST = b"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n"


def make_app() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def hello() -> str:
        return "hello"

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.5)
        return "slow"

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.post("/deaf")
    async def deaf() -> str:
        return "not read"

    errors.install(app)
    middleware.install(app)
    return app


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch, **values: object) -> AsyncIterator[int]:
    """A server in this process, on a port of its own."""
    for module in (server, middleware):
        monkeypatch.setattr(module, "settings", settings.model_copy(update=values))
    monkeypatch.setattr(server, "LATE", 0.1)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        running = Server(configuration(make_app(), lifespan="off", timeout_keep_alive=1))
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


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([], b""),
        ([b"GET / HT"], b"408"),
        ([b"GET / HTTP/1.1\r\nHost: test\r\n"], b"408"),
        ([b"\r\n\r\n"], b""),
        ([b"GET / HTTP/1.1\r\nHost: test\r\n", *[b"X-More: 1\r\n"] * 8], b"408"),
        ([POST + b"\r\nhalf"], b"408"),
        ([POST.replace(b"/echo", b"/deaf") + b"\r\nhalf"], b"200"),
    ],
)
async def test_what_does_not_arrive(monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], status: bytes) -> None:
    async with serving(monkeypatch, header_timeout=0.3, body_timeout=0.3) as port:
        answer, seconds = await talk(port, *pieces, pause=0.1)
    assert answer[9:12] == status
    assert 0.2 < seconds < 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: test\r\nX: " + b"x" * 200_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    ],
)
async def test_what_is_no_request(monkeypatch: pytest.MonkeyPatch, sent: bytes, status: bytes) -> None:
    async with serving(monkeypatch) as port:
        answer, seconds = await talk(port, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer[9:12] == status
    assert b"application/problem+json" in head
    assert body.endswith(b"}")
    assert seconds < 1


async def test_an_answer_outlives_the_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, header_timeout=0.1, body_timeout=0.1) as port:
        answer, _ = await talk(port, b"GET /slow HTTP/1.1\r\nHost: test\r\n\r\nGET / HT", pause=0.1)
    assert b'"slow"' in answer


async def test_a_connection_is_kept_and_then_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    request = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
    async with serving(monkeypatch) as port:
        answer, seconds = await talk(port, request, request, pause=0.3)
    assert answer.count(b'"hello"') == 2
    assert 1 < seconds < 3


SCRIPT = """
import asyncio, sys
from fastapi import FastAPI
from app.core import errors, health, middleware, server
app = FastAPI()
@app.get("/slow")
async def slow(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "finished"
app.include_router(health.router)
errors.install(app)
middleware.install(app)
health.Process.phase = health.Phase.SERVING
server.NOTICE = 0.4
server.Server(server.configuration(app, lifespan="off", port=int(sys.argv[1]), timeout_graceful_shutdown=1)).run()
"""


async def get(port: int, path: str) -> bytes:
    answer, _ = await talk(port, f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    return answer


async def test_sigterm(tmp_path: Path) -> None:
    """It says that it is stopping, finishes what can be finished, tells the others, and ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db", "ENVIRONMENT": "test"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SCRIPT, str(port), env=environment)
    for _ in range(200):
        try:
            assert b"200" in (await get(port, "/health/ready"))[:15]
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.1)
    finishing, endless = (asyncio.create_task(get(port, f"/slow?seconds={seconds}")) for seconds in (0.9, 30))
    await asyncio.sleep(0.2)
    start = monotonic()
    process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert b"503" in (await get(port, "/health/ready"))[:15]
    assert b"finished" in await finishing
    assert b"503" in (await endless)[:15]
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert monotonic() - start < 5
