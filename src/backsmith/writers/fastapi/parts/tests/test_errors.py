"""Every error is a problem document of one shape, and none says what was sent."""

import sqlite3
from decimal import Decimal
from typing import Annotated, Literal

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core import errors, middleware, routes


class Line(BaseModel):
    quantity: Annotated[int, Field(ge=1, le=10)]


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]+$")] = "abc"
    state: Literal["draft", "paid"] = "draft"
    price: Annotated[Decimal, Field(max_digits=4, decimal_places=2)] = Decimal(0)
    lines: Annotated[list[Line], Field(max_length=2)] = []


def driver_error(state: str) -> DBAPIError:
    original = Exception()
    original.sqlstate = state  # type: ignore[attr-defined]
    return DBAPIError("SELECT secret", {}, original)


def sqlite_error(code: int) -> OperationalError:
    original = sqlite3.OperationalError("secret")
    original.sqlite_errorcode = code
    return OperationalError("SELECT secret", {}, original)


RAISED: dict[str, tuple[Exception, int, str | None]] = {
    "unauthorized": (errors.Unauthorized(), 401, None),
    "forbidden": (errors.Forbidden("pay this order"), 403, None),
    "not-found": (errors.NotFound("order"), 404, None),
    "timeout": (errors.RequestTimeout(), 408, None),
    "conflict": (errors.Conflict("bound", "stock", "There is not enough."), 409, "bound"),
    "stale": (errors.PreconditionFailed(), 412, "stale"),
    "too-large": (errors.BodyTooLarge(), 413, "body_size"),
    "media-type": (errors.WrongMediaType(), 415, "media_type"),
    "invalid": (errors.Invalid([errors.FieldError("a", "weak", "no")]), 422, "weak"),
    "too-many": (errors.TooMany(7), 429, "rate"),
    "bug": (RuntimeError("secret"), 500, None),
    "unavailable": (errors.Unavailable(), 503, None),
    "refused": (ConnectionRefusedError(), 503, None),
    "asyncio": (TimeoutError(), 503, None),
    "deadlock": (driver_error("40P01"), 503, None),
    "statement-timeout": (driver_error("57014"), 503, None),
    "syntax": (driver_error("42601"), 500, None),
    "locked": (sqlite_error(sqlite3.SQLITE_BUSY), 503, None),
    "no-table": (sqlite_error(sqlite3.SQLITE_ERROR), 500, None),
}


def make_client() -> httpx2.AsyncClient:
    app = FastAPI(redirect_slashes=False)

    @app.get("/raise/{name}")
    async def fail(name: str) -> None:
        raise RAISED[name][0]

    @app.post("/orders/{id}")
    async def order(id: int, body: Order) -> None: ...

    errors.install(app)
    middleware.install(app)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test")


def check(answer: httpx2.Response, status: int) -> list[dict[str, str]]:
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


@pytest.mark.parametrize("name", RAISED)
async def test_what_is_raised(name: str) -> None:
    _, status, code = RAISED[name]
    async with make_client() as client:
        answer = await client.get(f"/raise/{name}")
    assert [error["code"] for error in check(answer, status)] == ([code] if code else [])
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("GET", "/raise/bug/", 404), ("PUT", "/raise/bug", 405)]
)
async def test_what_the_framework_says(method: str, path: str, status: int) -> None:
    async with make_client() as client:
        answer = await client.request(method, path)
    assert check(answer, status) == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "s"}, "name", "too_short"),
        ({"name": "secret"}, "name", "too_long"),
        ({"name": "SEC"}, "name", "pattern"),
        ({"name": 5}, "name", "type"),
        ({"name": None}, "name", "type"),
        ({"state": "secret"}, "state", "choice"),
        ({"price": "1.234"}, "price", "format"),
        ({"price": "12345"}, "price", "too_large"),
        ({"price": "secret"}, "price", "type"),
        ({"secret": 1}, "secret", "unknown"),
        ({"lines": [{}, {}, {}]}, "lines", "too_long"),
        ({"lines": [{"quantity": 1}, {}]}, "lines.1.quantity", "required"),
        ({"lines": [{"quantity": 0}]}, "lines.0.quantity", "too_small"),
        ({"lines": [{"quantity": 11}]}, "lines.0.quantity", "too_large"),
        ({"lines": [{"quantity": "x"}]}, "lines.0.quantity", "type"),
        ([], "", "type"),
    ],
)
async def test_what_a_body_may_not_hold(body: object, field: str, code: str) -> None:
    async with make_client() as client:
        answer = await client.post("/orders/1", json=body)
    if field == "secret":  # the name of a field is no value
        assert answer.json()["errors"][0]["code"] == code
    else:
        assert code in [error["code"] for error in check(answer, 422) if error["field"] == field]


async def test_all_mistakes_at_once() -> None:
    async with make_client() as client:
        answer = await client.post("/orders/x", json={"name": 1, "state": "x"})
    assert {error["field"] for error in check(answer, 422)} == {"id", "name", "state"}


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"a', "application/json", 400, "json"),
        (b"\xff", "application/json", 400, "json"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "media_type"),
        (b"{}", "text/plain", 415, "media_type"),
    ],
)
async def test_what_is_no_json(content: bytes, kind: str, status: int, code: str) -> None:
    async with make_client() as client:
        answer = await client.post("/orders/1", content=content, headers={"Content-Type": kind})
    assert [error["code"] for error in check(answer, status)] == [code]


def test_a_custom_error_keeps_its_message() -> None:
    line = {"type": "read_only", "loc": ("body", "id"), "msg": "This is set by the application.", "ctx": {}}
    assert errors.field_error(line) == errors.FieldError("id", "read_only", "This is set by the application.")
    assert PydanticCustomError("read_only", "x").type in errors.CODES


def test_what_endpoints_document() -> None:
    assert set(routes.problems(401, 404)) == {401, 404}
    assert "application/problem+json" in routes.problems(401)[401]["content"]
