"""Tags over HTTP, as an admin meets them: who else may do what is in `test_access.py`."""

import csv
import json
from io import StringIO
from typing import Any

import pytest

from app.core import export, idempotency
from tests import factories
from tests.checks import listed, made, questions, refused, shows, walked
from tests.conftest import Account, As
from tests.rows import START, sent

PATH = "/api/v1/tags"
ABSENT = "018f4e5a-0000-7000-8000-000000000000"

FULL: dict[str, Any] = {
    "name": "alpha",
}
"""Everything of a tag that can be left out, and what differs from its default."""


@pytest.fixture
async def boss(as_: As) -> Account:
    """An admin."""
    return await as_("admin")


async def test_create(boss: Account) -> None:
    body = await factories.tag_body(**FULL)
    answer = await boss.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert answer.headers["location"] == f"{PATH}/{row['id']}"
    assert answer.headers["etag"] == '"1"'
    assert shows(row, body)
    assert "version" not in row
    found = await boss.get(f"{PATH}/{row['id']}")
    assert found.headers["etag"] == '"1"'
    assert found.json() == row


async def test_create_with_defaults(boss: Account) -> None:
    row = await made(boss, PATH, await factories.tag_body())
    assert row["place"] == sent(None)
    assert row["created_at"] == row["updated_at"]
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "gamma"),
    ],
)
async def test_update(boss: Account, field: str, value: Any) -> None:
    row = await made(boss, PATH, await factories.tag_body())
    answer = await boss.patch(f"{PATH}/{row['id']}", json=sent({field: value}))
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert answer.json()[field] == sent(value)
    assert answer.json()["updated_at"] != row["updated_at"]
    same = row.keys() - {field, "updated_at"}
    assert {key: answer.json()[key] for key in same} == {key: row[key] for key in same}
    assert (await boss.get(f"{PATH}/{row['id']}")).json()[field] == sent(value)


async def test_replace(boss: Account) -> None:
    body = await factories.tag_body()
    row = await made(boss, PATH, {**sent(FULL), **body})
    kept = body
    answer = await boss.put(f"{PATH}/{row['id']}", json=kept)
    assert answer.status_code == 200, answer.text
    assert shows(answer.json(), kept)
    assert answer.json()["created_at"] == row["created_at"]
    assert answer.headers["etag"] > '"1"'
    assert (await boss.put(f"{PATH}/{ABSENT}", json=kept)).status_code == 404


async def test_delete(boss: Account) -> None:
    row = await made(boss, PATH, await factories.tag_body())
    assert (await boss.delete(f"{PATH}/{row['id']}")).status_code == 204
    assert (await boss.get(f"{PATH}/{row['id']}")).status_code == 404
    assert await listed(boss, PATH) == []
    assert (await boss.delete(f"{PATH}/{row['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "type"),
        ("name", "Not a slug", "pattern"),
        ("no_such_field", 1, "unknown"),
    ],
)
async def test_refused(boss: Account, field: str, value: Any, code: str) -> None:
    body = await factories.tag_body()
    refused(await boss.post(PATH, json={**body, **sent({field: value})}), 422, (field, code))
    row = await made(boss, PATH, body)
    refused(await boss.patch(f"{PATH}/{row['id']}", json=sent({field: value})), 422, (field, code))


@pytest.mark.parametrize("field", ["id", "created_at", "updated_at", "version"])
async def test_read_only(boss: Account, field: str) -> None:
    body = await factories.tag_body()
    refused(await boss.post(PATH, json={**body, field: None}), 422, (field, "read_only"))
    row = await made(boss, PATH, body)
    for value in (None, row.get(field)):
        refused(await boss.patch(f"{PATH}/{row['id']}", json={field: value}), 422, (field, "read_only"))


@pytest.mark.parametrize("field", ["name"])
async def test_required(boss: Account, field: str) -> None:
    body = await factories.tag_body()
    del body[field]
    refused(await boss.post(PATH, json=body), 422, (field, "required"))


@pytest.mark.parametrize(
    ("field", "absent", "code"),
    [
        ("place", "018f4e5a-0000-7000-8000-000000000000", "format"),
    ],
)
async def test_references(boss: Account, field: str, absent: Any, code: str) -> None:
    body = await factories.tag_body()
    refused(await boss.post(PATH, json={**body, field: absent}), 422, (field, "not_found"))
    refused(await boss.post(PATH, json={**body, field: "none"}), 422, (field, code))


async def test_expand_place(boss: Account) -> None:
    other = await factories.place()
    row = await factories.tag(place_id=other)
    plain = (await boss.get(f"{PATH}/{row}")).json()["place"]
    assert plain == sent(other)
    answer = await boss.get(f"{PATH}/{row}?expand=place")
    assert answer.json()["place"]["id"] == plain
    assert await listed(boss, PATH, f"place={other}") == [sent(row)]
    assert sent(row) not in await listed(boss, PATH, f"place__ne={other}")


@pytest.mark.parametrize(
    ("field", "operators", "values", "rows"),
    [
        (
            "name",
            ["", "ne", "lt", "lte", "gt", "gte", "in", "contains"],
            ["alpha", "beta", "gamma"],
            [{"name": "alpha"}, {"name": "beta"}, {"name": "gamma"}],
        ),
    ],
)
async def test_filters(
    boss: Account, field: str, operators: list[str], values: list[Any], rows: list[dict[str, Any]]
) -> None:
    ids = [sent(await factories.tag(**row)) for row in rows]
    for query, places in questions(field, operators, values):
        assert sorted(await listed(boss, PATH, query)) == sorted(ids[place] for place in places), query


async def test_pages(boss: Account) -> None:
    ids = [sent(await factories.tag(created_at=START)) for _ in range(5)]
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
    row = await factories.tag()
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
    row = await made(boss, PATH, await factories.tag_body())
    place = f"{PATH}/{row['id']}"
    refused(await boss.patch(place, json={}, headers={"If-Match": '"7"'}), 412, ("", "stale"))
    assert (await boss.get(place, headers={"If-None-Match": '"7", W/"1"'})).status_code == 304
    assert (await boss.get(place, headers={"If-None-Match": '"7"'})).status_code == 200
    change = sent({"name": "gamma"})
    answer = await boss.patch(place, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    refused(await boss.patch(place, json=change, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    refused(await boss.delete(place, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    assert (await boss.delete(place, headers={"If-Match": answer.headers["etag"]})).status_code == 204


async def test_idempotency(boss: Account) -> None:
    body = await factories.tag_body()
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
    body, headers = await factories.tag_body(), {"Idempotency-Key": "one"}
    with monkeypatch.context() as broken:
        broken.setattr(idempotency.Claim, "store", None)
        assert (await boss.post(PATH, json=body, headers=headers)).status_code == 500
    assert (await boss.post(PATH, json=body, headers=headers)).status_code == 201


async def test_export(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    ids = [sent(await factories.tag()) for _ in range(3)]
    answer = await boss.get(f"{PATH}/export?format=csv&sort=id")
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(StringIO(answer.text))] == [str(id) for id in ids]
    answer = await boss.get(f"{PATH}/export?format=jsonl&sort=-id")
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == ids[::-1]
