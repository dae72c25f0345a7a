"""Every error is a problem document of one shape, and none says what was sent."""

import sqlite3
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request

from apps.core import errors, serializers
from apps.core.endpoints import Endpoint, body, empty
from tests.conftest import Client


class Line(serializers.Serializer):
    quantity = serializers.IntegerField(min_value=1, max_value=10)


class Order(serializers.Serializer):
    refused = frozenset({"id"})

    name = serializers.CharField(min_length=2, max_length=5, pattern="^[a-z]+$", required=False)
    state = serializers.ChoiceField(choices=["draft", "paid"], required=False)
    price = serializers.DecimalField(max_digits=4, decimal_places=2, required=False)
    lines = serializers.ListField(child=Line(), required=False)
    words = serializers.ListField(child=serializers.CharField(), max_length=2, required=False)


def driver_error(error: DatabaseError | InterfaceError, **said: Any) -> Exception:
    """An error as Django has it of a driver that says this."""
    error.__cause__ = Exception("secret")
    for name, value in said.items():
        setattr(error.__cause__, name, value)
    return error


RAISED: dict[str, tuple[Exception, int, str | None]] = {
    "unauthorized": (errors.Unauthorized(), 401, None),
    "forbidden": (errors.Forbidden("pay this order"), 403, None),
    "not-found": (errors.NotFound("order"), 404, None),
    "django": (Http404("secret"), 404, None),
    "timeout": (errors.RequestTimeout(), 408, None),
    "conflict": (errors.Conflict("bound", "stock", "There is not enough."), 409, "bound"),
    "stale": (errors.PreconditionFailed(), 412, "stale"),
    "too-large": (errors.BodyTooLarge(), 413, "body_size"),
    "media-type": (errors.WrongMediaType(), 415, "media_type"),
    "invalid": (errors.Invalid([errors.FieldError("a", "weak", "no")]), 422, "weak"),
    "too-many": (errors.TooMany(7), 429, "rate"),
    "bug": (RuntimeError("secret"), 500, None),
    "unavailable": (errors.Unavailable(), 503, None),
    "refused": (ConnectionRefusedError("secret"), 503, None),
    "late": (TimeoutError("secret"), 503, None),
    "no-pool": (OperationalError("secret"), 503, None),
    "closed": (InterfaceError("secret"), 503, None),
    "deadlock": (driver_error(OperationalError("secret"), sqlstate="40P01"), 503, None),
    "statement-timeout": (driver_error(OperationalError("secret"), sqlstate="57014"), 503, None),
    "syntax": (driver_error(ProgrammingError("secret"), sqlstate="42601"), 500, None),
    "locked": (driver_error(OperationalError("secret"), sqlite_errorcode=sqlite3.SQLITE_BUSY), 503, None),
    "no-table": (driver_error(OperationalError("secret"), sqlite_errorcode=sqlite3.SQLITE_ERROR), 500, None),
}


class Raises(Endpoint):
    authentication_classes = ()

    def get(self, request: Request, name: str) -> None:
        raise RAISED[name][0]


class Orders(Endpoint):
    authentication_classes = ()

    def post(self, request: Request) -> HttpResponse:
        body(request, Order)
        return empty()


def plain(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name][0]


urlpatterns = [path("raise/<name>", Raises.as_view()), path("plain/<name>", plain), path("orders", Orders.as_view())]
handler404 = "apps.core.errors.not_found"
pytestmark = pytest.mark.urls(__name__)


def check(answer: Any, status: int) -> list[dict[str, str]]:
    """The errors of a problem document, whose shape is checked."""
    document = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(document) == {"type", "title", "status", "detail", "errors"}
    assert document["status"] == status
    assert "secret" not in answer.text
    for error in document["errors"]:
        assert set(error) == {"field", "code", "message"}
        assert error["code"] in errors.CODES
    found: list[dict[str, str]] = document["errors"]
    return found


@pytest.mark.parametrize("view", ["raise", "plain"])
@pytest.mark.parametrize("name", RAISED)
def test_what_is_raised(stranger: Client, name: str, view: str) -> None:
    _, status, code = RAISED[name]
    answer = stranger.get(f"/{view}/{name}")
    assert [error["code"] for error in check(answer, status)] == ([code] if code else [])
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("GET", "/raise/bug/", 404), ("PUT", "/raise/bug", 405)]
)
def test_what_the_framework_says(stranger: Client, method: str, path: str, status: int) -> None:
    assert check(stranger.send(method, path), status) == []


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"name": "s"}, "name", "too_short"),
        ({"name": "secret"}, "name", "too_long"),
        ({"name": "SEC"}, "name", "pattern"),
        ({"name": 5}, "name", "type"),
        ({"name": None}, "name", "type"),
        ({"name": "a\0"}, "name", "format"),
        ({"state": "secret"}, "state", "choice"),
        ({"state": None}, "state", "choice"),
        ({"price": "1.234"}, "price", "format"),
        ({"price": "12345"}, "price", "too_large"),
        ({"price": "secret"}, "price", "type"),
        ({"id": 1}, "id", "read_only"),
        ({"secret": 1}, "secret", "unknown"),
        ({"words": ["a", "b", "c"]}, "words", "too_long"),
        ({"words": ["a", 1]}, "words.1", "type"),
        ({"lines": {}}, "lines", "type"),
        ({"lines": [{"quantity": 1}, {}]}, "lines.1.quantity", "required"),
        ({"lines": [{"quantity": 0}]}, "lines.0.quantity", "too_small"),
        ({"lines": [{"quantity": 11}]}, "lines.0.quantity", "too_large"),
        ({"lines": [{"quantity": "x"}]}, "lines.0.quantity", "type"),
        ([], "", "type"),
    ],
)
def test_what_a_body_may_not_hold(stranger: Client, sent: object, field: str, code: str) -> None:
    answer = stranger.post("/orders", sent)
    if field == "secret":  # the name of a field is no value
        assert answer.json()["errors"][0]["code"] == code
    else:
        assert [(error["field"], error["code"]) for error in check(answer, 422)] == [(field, code)]


def test_all_mistakes_at_once(stranger: Client) -> None:
    answer = stranger.post("/orders", {"name": 1, "state": "x", "other": 1})
    assert {error["field"] for error in check(answer, 422)} == {"name", "state", "other"}


def test_what_is_valid(stranger: Client) -> None:
    assert stranger.post("/orders", {"name": "abc", "price": "12.50", "lines": [{"quantity": 1}]}).status_code == 204


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"a', "application/json", 400, "json"),
        (b"\xff", "application/json", 400, "json"),
        (b'{"name": "abc", "name": "abd"}', "application/json", 400, "json"),
        (b'{"name": "\\ud800"}', "application/json", 400, "json"),
        (b'{"price": NaN}', "application/json", 400, "json"),
        (b'{"price": 1e999}', "application/json", 400, "json"),
        (b"[" * 66 + b"]" * 66, "application/json", 400, "json"),
        (b"[" * 100_000, "application/json", 400, "json"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "media_type"),
        (b"{}", "text/plain", 415, "media_type"),
        (b"", "application/json", 422, "required"),
    ],
)
def test_what_is_no_json(stranger: Client, content: bytes, kind: str, status: int, code: str) -> None:
    answer = stranger.send("POST", "/orders", content, kind)
    assert [error["code"] for error in check(answer, status)] == [code]
