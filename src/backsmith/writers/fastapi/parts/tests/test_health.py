"""Health, metrics, documents and start-up checks."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from openapi_spec_validator import validate
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import settings
from app.core import health, logs, startup
from app.core.database import POOLS, Pool, reads
from app.core.health import Phase, Process
from app.main import app

NOWHERE = Pool(create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none"))


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(Process, "phase", Phase.SERVING)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_live_asks_no_database(web: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POOLS, reads, NOWHERE)
    monkeypatch.setattr(Process, "phase", Phase.STOPPING)
    assert (await web.get("/health/live")).json() == {"status": "live"}


@pytest.mark.parametrize(("phase", "status"), [(Phase.STARTING, 503), (Phase.SERVING, 200), (Phase.STOPPING, 503)])
async def test_ready(web: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, phase: Phase, status: int) -> None:
    monkeypatch.setattr(Process, "phase", phase)
    assert (await web.get("/health/ready")).status_code == status


async def test_not_ready_without_a_database(web: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POOLS, reads, NOWHERE)
    assert (await web.get("/health/ready")).status_code == 503


async def test_the_application_starts_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)
    monkeypatch.setattr(Process, "phase", Phase.STARTING)
    async with app.router.lifespan_context(app):
        phases = [Process.phase]
    assert [*phases, Process.phase] == [Phase.SERVING, Phase.STOPPING]


@pytest.mark.parametrize(
    ("environment", "token", "sent", "status"),
    [
        ("development", None, "", 200),
        ("production", None, "", 404),
        ("production", "hunter2", "", 404),
        ("production", "hunter2", "Bearer wrong", 404),
        ("production", "hunter2", "Bearer hunter2", 200),
    ],
)
async def test_metrics(
    web: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    token: str | None,
    sent: str,
    status: int,
) -> None:
    changes = {"environment": environment, "metrics_token": SecretStr(token) if token else None}
    monkeypatch.setattr(health, "settings", settings.model_copy(update=changes))
    answer = await web.get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == status
    assert ("http_request_seconds_bucket" in answer.text) is (status == 200)


@pytest.mark.parametrize("name", ["", "/start.js", "/swagger-ui-bundle.js", "/swagger-ui.css", "/favicon.png"])
async def test_the_documents_load_nothing_from_elsewhere(web: httpx2.AsyncClient, name: str) -> None:
    answer = await web.get(f"/docs{name}")
    assert answer.status_code == 200
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    if not name:
        assert "//" not in answer.text
        assert "<script>" not in answer.text


@pytest.mark.parametrize("name", ["/../main.py", "/redoc.standalone.js", "/none"])
async def test_there_are_no_other_files(web: httpx2.AsyncClient, name: str) -> None:
    assert (await web.get(f"/docs{name}")).status_code == 404


async def test_the_document_is_valid(web: httpx2.AsyncClient) -> None:
    document = (await web.get("/openapi.json")).json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert "HTTPValidationError" not in str(document)
    for operation in operations:
        for status, answer in operation["responses"].items():
            assert status < "400" or list(answer["content"]) == ["application/problem+json"]
    schemes = document["components"]["securitySchemes"]
    assert schemes.keys() == {"OAuth2", "ApiKey", "Cookie"}
    assert [{name: []} for name in schemes] in [operation.get("security") for operation in operations]


async def test_a_database_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def current() -> set[str]:
        return {"another"}

    monkeypatch.setattr(startup, "_revisions", current)
    with pytest.raises(startup.CannotStart, match="alembic upgrade head"):
        await startup.check()


async def test_a_database_out_of_reach_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POOLS, reads, NOWHERE)
    monkeypatch.setattr(startup, "PATIENCE", 1)
    with pytest.raises(startup.CannotStart, match="DATABASE_URL"):
        await startup.check()


async def test_sqlite_is_served_by_one_process(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(startup, "SQLITE", True)
    monkeypatch.setattr(startup, "reads", create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/one.db"))
    with startup.only_process(), pytest.raises(startup.CannotStart, match="Another process"):
        startup.only_process().__enter__()
    with startup.only_process():
        pass
