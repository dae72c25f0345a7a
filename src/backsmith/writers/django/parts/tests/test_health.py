"""Health and metrics."""

from typing import Any

import pytest
from django.db import OperationalError
from pydantic import SecretStr

from apps.core import health
from apps.core.health import Phase, Process
from config.environment import settings
from tests.conftest import Client


def test_live_asks_no_database(stranger: Client, monkeypatch: pytest.MonkeyPatch, count_queries: Any) -> None:
    monkeypatch.setattr(Process, "phase", Phase.STOPPING)
    with count_queries() as counted:
        assert stranger.get("/health/live").json() == {"status": "live"}
    assert counted.statements == counted.own == []


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
