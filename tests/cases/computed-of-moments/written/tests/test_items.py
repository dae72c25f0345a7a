"""Items over HTTP, as an admin meets them: who else may do what is in `test_access.py`."""

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from app.core import export, idempotency
from tests import factories
from tests.checks import in_order, listed, made, questions, refused, shows, walked
from tests.conftest import Account, As
from tests.rows import START, sent

PATH = "/api/v1/items"
ABSENT = 1_000_000_000

FULL: dict[str, Any] = {
    "amount": 2,
    "price": Decimal("2.50"),
    "extra": {"a": 1},
}
"""Everything of an item that can be left out, and what differs from its default."""


@pytest.fixture
async def boss(as_: As) -> Account:
    """An admin."""
    return await as_("admin")


async def test_create(boss: Account) -> None:
    body = await factories.item_body(**FULL)
    answer = await boss.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert answer.headers["location"] == f"{PATH}/{row['id']}"
    assert answer.headers["etag"] == '"1"'
    assert shows(row, body)
    assert "version" not in row
    assert row["quarter"] == sent(0.5)
    found = await boss.get(f"{PATH}/{row['id']}")
    assert found.headers["etag"] == '"1"'
    assert found.json() == row


async def test_create_with_defaults(boss: Account) -> None:
    row = await made(boss, PATH, await factories.item_body())
    assert row["amount"] == sent(2)
    assert row["created_at"] == row["updated_at"]
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 4),
        ("title", "Gamma"),
        ("extra", ["c"]),
    ],
)
async def test_update(boss: Account, field: str, value: Any) -> None:
    row = await made(boss, PATH, await factories.item_body())
    answer = await boss.patch(f"{PATH}/{row['id']}", json=sent({field: value}))
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert answer.json()[field] == sent(value)
    assert answer.json()["updated_at"] != row["updated_at"]
    same = row.keys() - {field, "updated_at", "quarter", "due", "wait"}
    assert {key: answer.json()[key] for key in same} == {key: row[key] for key in same}
    assert (await boss.get(f"{PATH}/{row['id']}")).json()[field] == sent(value)


async def test_replace(boss: Account) -> None:
    body = await factories.item_body()
    row = await made(boss, PATH, {**sent(FULL), **body})
    kept = {key: value for key, value in body.items() if key not in {"price"}}
    answer = await boss.put(f"{PATH}/{row['id']}", json=kept)
    assert answer.status_code == 200, answer.text
    assert shows(answer.json(), kept)
    assert answer.json()["amount"] == sent(2)
    assert answer.json()["created_at"] == row["created_at"]
    assert answer.headers["etag"] > '"1"'
    assert (await boss.put(f"{PATH}/{ABSENT}", json=kept)).status_code == 404


async def test_delete(boss: Account) -> None:
    row = await made(boss, PATH, await factories.item_body())
    assert (await boss.delete(f"{PATH}/{row['id']}")).status_code == 204
    assert (await boss.get(f"{PATH}/{row['id']}")).status_code == 404
    assert await listed(boss, PATH) == []
    assert (await boss.delete(f"{PATH}/{row['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", None, "type"),
        ("amount", "3", "type"),
        ("amount", 1099511627776, "too_large"),
        ("title", None, "type"),
        ("title", 7, "type"),
        ("title", "a\x00b", "format"),
        ("title", "x" * 61, "too_long"),
        ("price", None, "type"),
        ("price", "x", "type"),
        ("price", True, "type"),
        ("extra", None, "required"),
        ("no_such_field", 1, "unknown"),
    ],
)
async def test_refused(boss: Account, field: str, value: Any, code: str) -> None:
    body = await factories.item_body()
    refused(await boss.post(PATH, json={**body, **sent({field: value})}), 422, (field, code))
    if field in {"price"}:
        return
    row = await made(boss, PATH, body)
    refused(await boss.patch(f"{PATH}/{row['id']}", json=sent({field: value})), 422, (field, code))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 60),
    ],
)
async def test_bounds(boss: Account, field: str, value: Any) -> None:
    body = await factories.item_body()
    row = await made(boss, PATH, {**body, **sent({field: value})})
    assert row[field] == sent(value)


@pytest.mark.parametrize("field", ["id", "quarter", "due", "wait", "created_at", "updated_at", "version"])
async def test_read_only(boss: Account, field: str) -> None:
    body = await factories.item_body()
    refused(await boss.post(PATH, json={**body, field: None}), 422, (field, "read_only"))
    row = await made(boss, PATH, body)
    for value in (None, row.get(field)):
        refused(await boss.patch(f"{PATH}/{row['id']}", json={field: value}), 422, (field, "read_only"))


@pytest.mark.parametrize("field", ["price"])
async def test_sent_once(boss: Account, field: str) -> None:
    row = await made(boss, PATH, await factories.item_body())
    refused(await boss.patch(f"{PATH}/{row['id']}", json={field: row[field]}), 422, (field, "read_only"))


@pytest.mark.parametrize("field", ["title", "price", "extra"])
async def test_required(boss: Account, field: str) -> None:
    body = await factories.item_body()
    del body[field]
    refused(await boss.post(PATH, json=body), 422, (field, "required"))


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        (["title"], {}),
    ],
)
async def test_unique(boss: Account, fields: list[str], given: dict[str, Any]) -> None:
    values = {key: await value() if callable(value) else value for key, value in given.items()}
    first = await made(boss, PATH, await factories.item_body(**values))
    before = await listed(boss, PATH)
    same = {field: first[field] for field in fields}
    again = {**await factories.item_body(), **same}
    refused(await boss.post(PATH, json=again), 409, *[(field, "duplicate") for field in fields])
    assert await listed(boss, PATH) == before


@pytest.mark.parametrize(
    ("field", "operators", "values", "rows"),
    [
        (
            "amount",
            ["", "ne", "lt", "lte", "gt", "gte", "in"],
            [2, 3, 4],
            [{"amount": 2}, {"amount": 3}, {"amount": 4}],
        ),
        (
            "title",
            ["", "ne", "lt", "lte", "gt", "gte", "in", "contains"],
            ["Alpha", "Beta", "Gamma"],
            [{"title": "Alpha"}, {"title": "Beta"}, {"title": "Gamma"}],
        ),
        (
            "price",
            ["", "ne", "lt", "lte", "gt", "gte", "in"],
            [Decimal("2.50"), Decimal("3.50"), Decimal("4.50")],
            [{"price": Decimal("2.50")}, {"price": Decimal("3.50")}, {"price": Decimal("4.50")}],
        ),
    ],
)
async def test_filters(
    boss: Account, field: str, operators: list[str], values: list[Any], rows: list[dict[str, Any]]
) -> None:
    ids = [sent(await factories.item(**row)) for row in rows]
    for query, places in questions(field, operators, values):
        assert sorted(await listed(boss, PATH, query)) == sorted(ids[place] for place in places), query


@pytest.mark.parametrize(
    ("field", "values", "rows"),
    [
        ("title", ["Beta", "Gamma", "Alpha"], [{"title": "Beta"}, {"title": "Gamma"}, {"title": "Alpha"}]),
    ],
)
async def test_sort(boss: Account, field: str, values: list[Any], rows: list[dict[str, Any]]) -> None:
    ids = [sent(await factories.item(**row)) for row in rows]
    for down in (False, True):
        query = f"sort={'-' if down else ''}{field}"
        expected = in_order(ids, values, down=down)
        assert await listed(boss, PATH, query) == expected
        assert await walked(boss, PATH, query, 1) == expected
        assert await walked(boss, PATH, query, 2) == expected


async def test_pages(boss: Account) -> None:
    ids = [sent(await factories.item(created_at=START)) for _ in range(5)]
    for field in ("id", "created_at"):  # ties are broken by id
        assert await walked(boss, PATH, f"sort={field}", 2) == ids
        assert await walked(boss, PATH, f"sort=-{field}", 2) == ids[::-1]
    assert sorted(await walked(boss, PATH, "", 2)) == sorted(ids)
    page = (await boss.get(f"{PATH}?sort=id&limit=2&count=true")).json()
    assert page["total"] == 5
    assert await listed(boss, PATH, "sort=id&limit=2&offset=3") == ids[3:]
    refused(await boss.get(f"{PATH}?sort=-id&cursor={page['next']}"), 422, ("cursor", "cursor"))
    for query, error in [
        ("limit=0", ("limit", "limit")),
        ("limit=201", ("limit", "limit")),
        ("sort=no_such_field", ("sort", "sort")),
        ("no_such_field=1", ("no_such_field", "unknown")),
    ]:
        refused(await boss.get(f"{PATH}?{query}"), 422, error)


async def test_fields(boss: Account) -> None:
    row = await factories.item()
    answer = await boss.get(f"{PATH}/{row}?fields=id,created_at")
    assert answer.json().keys() == {"id", "created_at"}
    assert "etag" not in answer.headers
    assert (await boss.get(f"{PATH}?fields=id")).json()["items"] == [{"id": sent(row)}]


async def test_absent(boss: Account) -> None:
    for id in (ABSENT, "none"):
        assert (await boss.get(f"{PATH}/{id}")).status_code == 404
        assert (await boss.patch(f"{PATH}/{id}", json={})).status_code == 404
        assert (await boss.delete(f"{PATH}/{id}")).status_code == 404


async def test_if_match(boss: Account) -> None:
    row = await made(boss, PATH, await factories.item_body())
    place = f"{PATH}/{row['id']}"
    refused(await boss.patch(place, json={}, headers={"If-Match": '"7"'}), 412, ("", "stale"))
    assert (await boss.get(place, headers={"If-None-Match": '"7", W/"1"'})).status_code == 304
    assert (await boss.get(place, headers={"If-None-Match": '"7"'})).status_code == 200
    change = sent({"amount": 4})
    answer = await boss.patch(place, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    refused(await boss.patch(place, json=change, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    refused(await boss.delete(place, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    assert (await boss.delete(place, headers={"If-Match": answer.headers["etag"]})).status_code == 204


async def test_idempotency(boss: Account) -> None:
    body = await factories.item_body()
    first = await boss.post(PATH, json=body, headers={"Idempotency-Key": "one"})
    again = await boss.post(PATH, json=body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert await listed(boss, PATH) == [first.json()["id"]]
    answer = await boss.post(PATH, json={**body, "no_such_field": 1}, headers={"Idempotency-Key": "one"})
    refused(answer, 422, ("Idempotency-Key", "key_reused"))
    for _ in range(2):  # a refusal is kept too
        answer = await boss.post(PATH, json={**body, "no_such_field": 1}, headers={"Idempotency-Key": "two"})
        refused(answer, 422, ("no_such_field", "unknown"))
    assert answer.headers["idempotent-replay"] == "true"


async def test_a_key_that_failed_is_good_again(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    body, headers = await factories.item_body(), {"Idempotency-Key": "one"}
    with monkeypatch.context() as broken:
        broken.setattr(idempotency.Claim, "store", None)
        assert (await boss.post(PATH, json=body, headers=headers)).status_code == 500
    assert (await boss.post(PATH, json=body, headers=headers)).status_code == 201


async def test_export(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    ids = [sent(await factories.item()) for _ in range(3)]
    answer = await boss.get(f"{PATH}/export?format=csv&sort=id")
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(StringIO(answer.text))] == [str(id) for id in ids]
    answer = await boss.get(f"{PATH}/export?format=jsonl&sort=-id")
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == ids[::-1]


async def test_formulas_are_text_in_files(boss: Account) -> None:
    await factories.item(title="=1+1")
    answer = await boss.get(f"{PATH}/export?format=csv")
    assert [row["title"] for row in csv.DictReader(StringIO(answer.text))] == ["'=1+1"]
    answer = await boss.get(f"{PATH}/export?format=jsonl")
    assert json.loads(answer.text)["title"] == "=1+1"
