"""What surrounds every request: ids, headers, the limit of size, other origins, the line in the log."""

from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from apps.core import middleware
from config.environment import settings
from tests.conftest import Client


def thing(request: HttpRequest, id: int) -> JsonResponse:
    return JsonResponse(len(request.body) if request.method == "POST" else id, safe=False)


urlpatterns = [path("things/<int:id>", thing)]
handler404 = "apps.core.errors.not_found"
pytestmark = pytest.mark.urls(__name__)


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
def test_the_id_of_a_request(stranger: Client, sent: str, kept: bool) -> None:
    answer = stranger.get("/things/1", headers={"X-Request-Id": sent})
    other = stranger.get("/things/1")
    assert (answer.headers["x-request-id"] == sent) is kept
    assert other.headers["x-request-id"] != answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/things/1", "/things/x", "/none"])
def test_security_headers(stranger: Client, path: str) -> None:
    headers = stranger.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in headers


@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 413)])
def test_the_size_of_a_body(monkeypatch: pytest.MonkeyPatch, stranger: Client, size: int, status: int) -> None:
    change(monkeypatch, body_limit=2000)
    answer = stranger.send("POST", "/things/1", b"x" * size)
    assert answer.status_code == status
    assert answer.json() == size if status == 200 else answer.json()["errors"][0]["code"] == "body_size"


def with_origins(*origins: str) -> Any:
    """The settings of an application that other origins may ask."""
    edge, *others = django_settings.MIDDLEWARE
    cors = "corsheaders.middleware.CorsMiddleware"
    return override_settings(MIDDLEWARE=[edge, cors, *others], CORS_ALLOWED_ORIGINS=origins)


@pytest.mark.parametrize(("origin", "allowed"), [("https://app.example", True), ("https://evil.example", False)])
def test_other_origins(origin: str, allowed: bool) -> None:
    preflight = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}
    with with_origins("https://app.example"):
        answer = Client().get("/things/1", headers={"Origin": origin})
        asked = Client().options("/things/1", headers={"Origin": origin, **preflight})
    assert ("access-control-allow-origin" in answer.headers) is allowed
    assert ("ETag" in answer.headers.get("access-control-expose-headers", "")) is allowed
    assert ("If-Match" in asked.headers.get("access-control-allow-headers", "")) is allowed


def test_no_origin_is_allowed_by_default(stranger: Client) -> None:
    answer = stranger.get("/things/1", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_the_line_in_the_log(monkeypatch: pytest.MonkeyPatch, stranger: Client) -> None:
    talkative = structlog.make_filtering_bound_logger("info")
    monkeypatch.setattr(middleware, "log", structlog.wrap_logger(structlog.PrintLogger(), wrapper_class=talkative))
    with capture_logs() as logs:
        stranger.get("/things/5?token=hunter2", headers={"Authorization": "Bearer hunter2"})
    (line,) = [line for line in logs if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/things/5", 200)
    assert "hunter2" not in str(logs)


def test_requests_are_counted_by_route(stranger: Client) -> None:
    for id in range(3):
        stranger.get(f"/things/{id}")
    stranger.get("/none")
    text = generate_latest().decode()
    assert 'http_request_seconds_count{method="GET",route="/things/<int:id>",status="200"}' in text
    assert 'route="none",status="404"' in text
    assert "/things/2" not in text
