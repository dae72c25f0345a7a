"""What surrounds every request: ids, headers, limits of size and time, the line in the log."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from prometheus_client import generate_latest
from starlette.types import Message
from structlog.testing import capture_logs

from app.config import settings
from app.core import errors, middleware


async def chunks(count: int, pause: float) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(pause)
        yield b"x"


def make_app() -> FastAPI:
    app = FastAPI(redirect_slashes=False)

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/things/{id}")
    async def thing(id: int) -> int:
        return id

    @app.get("/slow")
    async def slow(seconds: float) -> None:
        await asyncio.sleep(seconds)

    @app.get("/stream")
    async def stream(count: int, pause: float) -> StreamingResponse:
        return StreamingResponse(chunks(count, pause))

    errors.install(app)
    middleware.install(app)
    return app


def make_client(app: FastAPI | None = None) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app or make_app()), base_url="http://test")


def change(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    monkeypatch.setattr(middleware, "settings", settings.model_copy(update=values))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("client-request-1", True),
        ("short", False),
        ("x" * 65, False),
        ("with spaces in it", False),
        ("<script>", False),
    ],
)
async def test_the_id_of_a_request(sent: str, kept: bool) -> None:
    async with make_client() as client:
        answer = await client.get("/things/1", headers={"X-Request-Id": sent})
        other = await client.get("/things/1")
    assert (answer.headers["x-request-id"] == sent) is kept
    assert other.headers["x-request-id"] != answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/things/1", "/things/x", "/none"])
async def test_security_headers(path: str) -> None:
    async with make_client() as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in headers


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 413)])
async def test_the_size_of_a_body(monkeypatch: pytest.MonkeyPatch, size: int, status: int, chunked: bool) -> None:
    change(monkeypatch, body_limit=2000)

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, size, 500):
            yield b"x" * min(500, size - start)

    async with make_client() as client:
        answer = await client.post("/echo", content=parts() if chunked else b"x" * size)
    assert answer.status_code == status
    assert answer.json() == size if status == 200 else answer.json()["errors"][0]["code"] == "body_size"


async def test_a_body_that_does_not_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, body_timeout=0.05)

    async def parts() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(5)
        yield b"x"

    async with make_client() as client:
        answer = await client.post("/echo", content=parts())
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


async def test_an_answer_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, request_timeout=0.05)
    async with make_client() as client:
        answer = await client.get("/slow?seconds=5")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_a_stream_has_a_deadline_for_each_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, request_timeout=0.3)
    async with make_client() as client:
        answer = await client.get("/stream?count=8&pause=0.06")
        assert answer.text == "x" * 8
        with pytest.raises(ConnectionAbortedError):
            await client.get("/stream?count=2&pause=1")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("TRACE", "/things/1", 405), ("GET", "/things/1/", 404), ("POST", "/things/1", 405)]
)
async def test_what_is_refused(method: str, path: str, status: int) -> None:
    async with make_client() as client:
        assert (await client.request(method, path)).status_code == status


async def test_a_stopping_server_says_so() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/slow", "query_string": b"seconds=5", "headers": []}
    task = asyncio.create_task(make_app()(scope, receive, send))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sent[0]["status"] == 503


async def test_other_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, cors_origins=("https://app.example",))
    preflight = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}
    async with make_client() as client:
        for origin, allowed in (("https://app.example", True), ("https://evil.example", False)):
            answer = await client.get("/things/1", headers={"Origin": origin})
            asked = await client.options("/things/1", headers={"Origin": origin, **preflight})
            assert ("access-control-allow-origin" in answer.headers) is allowed
            assert asked.is_success is allowed
    assert "ETag" in answer.headers.get("access-control-expose-headers", "ETag")


async def test_no_origin_is_allowed_by_default() -> None:
    async with make_client() as client:
        answer = await client.get("/things/1", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_the_line_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    talkative = structlog.make_filtering_bound_logger("info")
    monkeypatch.setattr(middleware, "log", structlog.wrap_logger(structlog.PrintLogger(), wrapper_class=talkative))
    with capture_logs() as logs:
        async with make_client() as client:
            await client.get("/things/5?token=hunter2", headers={"Authorization": "Bearer hunter2"})
    (line,) = [line for line in logs if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/things/5", 200)
    assert "hunter2" not in str(logs)


async def test_requests_are_counted_by_route() -> None:
    async with make_client() as client:
        for id in range(3):
            await client.get(f"/things/{id}")
        await client.get("/none")
    text = generate_latest().decode()
    assert 'http_request_seconds_count{method="GET",route="/things/{id}",status="200"}' in text
    assert 'route="none",status="404"' in text
    assert "/things/2" not in text
