"""Health, metrics, documents and start-up checks."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from apps.core import health, logs, server, startup
from apps.core.health import Phase, Process
from config.environment import settings
from tests.conftest import Client


@pytest.mark.parametrize(("phase", "status"), [(Phase.STARTING, 503), (Phase.SERVING, 200), (Phase.STOPPING, 503)])
def test_ready(stranger: Client, monkeypatch: pytest.MonkeyPatch, phase: Phase, status: int) -> None:
    monkeypatch.setattr(Process, "phase", phase)
    assert stranger.get("/health/ready").status_code == status


def test_not_ready_without_a_database(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Process, "phase", Phase.SERVING)

    class Away:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connection", Away())
    assert stranger.get("/health/ready").status_code == 503


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_nobody_has_to_say_who_they_are(stranger: Client, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(Process, "phase", Phase.SERVING)
    assert stranger.get(path, headers={"Authorization": "Bearer nonsense"}).status_code == 200
    assert stranger.post(path).status_code == 405


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
def test_metrics(
    stranger: Client,
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    token: str | None,
    sent: str,
    status: int,
) -> None:
    stranger.get("/health/live")
    changes = {"environment": environment, "metrics_token": SecretStr(token) if token else None}
    monkeypatch.setattr(health, "settings", settings.model_copy(update=changes))
    answer = stranger.get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == status
    assert ("http_request_seconds_bucket" in answer.content.decode()) is (status == 200)


@pytest.mark.parametrize("name", ["", "/start.js", "/swagger-ui-bundle.js", "/swagger-ui.css", "/favicon.png"])
def test_the_documents_load_nothing_from_elsewhere(stranger: Client, name: str) -> None:
    answer = stranger.get(f"/docs{name}")
    assert answer.status_code == 200
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    if not name:
        page = answer.content.decode()
        assert "//" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("name", ["/../config/urls.py", "/redoc.standalone.js", "/none"])
def test_there_are_no_other_files(stranger: Client, name: str) -> None:
    assert stranger.get(f"/docs{name}").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/openapi.json"])
def test_the_documents_are_only_read(stranger: Client, path: str) -> None:
    answer = type(stranger)(enforce_csrf_checks=True).post(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_document_is_valid(stranger: Client) -> None:
    document = stranger.get("/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        for status, answer in operation["responses"].items():
            assert status < "400" or list(answer["content"]) == ["application/problem+json"]
    schemes = document["components"]["securitySchemes"]
    assert schemes.keys() == {"OAuth2", "ApiKey", "Cookie"}
    ways = [operation.get("security", []) for operation in operations]
    assert schemes.keys() in [{name for way in each for name in way} for each in ways]


def test_a_database_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _: {})
    with pytest.raises(startup.CannotStart, match=r"lacks .*0001_initial.* manage.py migrate"):
        startup.check()


def test_a_database_out_of_reach_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(startup, "MigrationExecutor", away)
    monkeypatch.setattr(startup, "PATIENCE", 1)
    with pytest.raises(startup.CannotStart, match="DATABASE_URL"):
        startup.check()


def test_sqlite_is_served_by_one_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": f"{tmp_path}/one.db"})
    monkeypatch.setattr(startup, "connection", file)
    with startup.only_process(), pytest.raises(startup.CannotStart, match="Another process"):
        startup.only_process().__enter__()
    with startup.only_process():
        pass


def test_the_application_starts_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    phases: list[Phase] = []
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)
    monkeypatch.setattr(Process, "phase", Phase.STARTING)
    monkeypatch.setattr(server, "run", lambda _: phases.append(Process.phase))
    monkeypatch.setattr(server, "end", lambda: phases.append(Process.phase))
    call_command("serve")
    assert phases == [Phase.SERVING, Phase.STOPPING]


def test_what_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise startup.CannotStart("Because.")

    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)
    monkeypatch.setattr(startup, "check", refused)
    with pytest.raises(SystemExit, match="Because"):
        call_command("serve")
