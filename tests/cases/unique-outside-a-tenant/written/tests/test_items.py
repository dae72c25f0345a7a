"""Items over HTTP, as an admin meets them: who else may do what is in `test_access.py`."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from apps.core import export, idempotency
from tests import factories
from tests.checks import listed, made, questions, refused, shows, walked
from tests.conftest import Account, As
from tests.rows import START, sent

PATH = "/api/v1/items"
ABSENT = 1_000_000_000

FULL: dict[str, Any] = {}
"""Everything of an item that can be left out, and what differs from its default."""


@pytest.fixture
def boss(as_: As) -> Account:
    """An admin."""
    return as_("admin")


def test_create(boss: Account) -> None:
    body = factories.item_body(**FULL)
    answer = boss.post(PATH, body)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert answer.headers["location"] == f"{PATH}/{row['id']}"
    assert answer.headers["etag"] == '"1"'
    assert shows(row, body)
    assert "version" not in row
    found = boss.get(f"{PATH}/{row['id']}")
    assert found.headers["etag"] == '"1"'
    assert found.json() == row


def test_create_with_defaults(boss: Account) -> None:
    row = made(boss, PATH, factories.item_body())
    assert row["place"] == sent(None)
    assert row["day"] == sent(None)
    assert row["created_at"] == row["updated_at"]
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", START.date() + timedelta(days=31)),
    ],
)
def test_update(boss: Account, field: str, value: Any) -> None:
    row = made(boss, PATH, factories.item_body())
    answer = boss.patch(f"{PATH}/{row['id']}", sent({field: value}))
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert answer.json()[field] == sent(value)
    assert answer.json()["updated_at"] != row["updated_at"]
    same = row.keys() - {field, "updated_at"}
    assert {key: answer.json()[key] for key in same} == {key: row[key] for key in same}
    assert boss.get(f"{PATH}/{row['id']}").json()[field] == sent(value)


def test_replace(boss: Account) -> None:
    body = factories.item_body()
    row = made(boss, PATH, {**sent(FULL), **body})
    kept = body
    answer = boss.put(f"{PATH}/{row['id']}", kept)
    assert answer.status_code == 200, answer.text
    assert shows(answer.json(), kept)
    assert answer.json()["created_at"] == row["created_at"]
    assert answer.headers["etag"] > '"1"'
    assert boss.put(f"{PATH}/{ABSENT}", kept).status_code == 404


def test_delete(boss: Account) -> None:
    row = made(boss, PATH, factories.item_body())
    assert boss.delete(f"{PATH}/{row['id']}").status_code == 204
    assert boss.get(f"{PATH}/{row['id']}").status_code == 404
    assert listed(boss, PATH) == []
    assert boss.delete(f"{PATH}/{row['id']}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("day", "15.1.2030", "format"),
        ("no_such_field", 1, "unknown"),
    ],
)
def test_refused(boss: Account, field: str, value: Any, code: str) -> None:
    body = factories.item_body()
    refused(boss.post(PATH, {**body, **sent({field: value})}), 422, (field, code))
    row = made(boss, PATH, body)
    refused(boss.patch(f"{PATH}/{row['id']}", sent({field: value})), 422, (field, code))


@pytest.mark.parametrize("field", ["id", "created_at", "updated_at", "version"])
def test_read_only(boss: Account, field: str) -> None:
    body = factories.item_body()
    refused(boss.post(PATH, {**body, field: None}), 422, (field, "read_only"))
    row = made(boss, PATH, body)
    for value in (None, row.get(field)):
        refused(boss.patch(f"{PATH}/{row['id']}", {field: value}), 422, (field, "read_only"))


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        (["place", "day"], {"place": factories.PlaceFactory.create, "day": START.date()}),
    ],
)
def test_unique(boss: Account, fields: list[str], given: dict[str, Any]) -> None:
    values = {key: value() if callable(value) else value for key, value in given.items()}
    first = made(boss, PATH, factories.item_body(**values))
    before = listed(boss, PATH)
    same = {field: first[field] for field in fields}
    again = {**factories.item_body(), **same}
    refused(boss.post(PATH, again), 409, *[(field, "duplicate") for field in fields])
    assert listed(boss, PATH) == before


@pytest.mark.parametrize(
    ("field", "absent", "code"),
    [
        ("place", 1_000_000_000, "type"),
    ],
)
def test_references(boss: Account, field: str, absent: Any, code: str) -> None:
    body = factories.item_body()
    refused(boss.post(PATH, {**body, field: absent}), 422, (field, "not_found"))
    refused(boss.post(PATH, {**body, field: "none"}), 422, (field, code))


def test_expand_place(boss: Account) -> None:
    other = factories.PlaceFactory.create()
    row = factories.ItemFactory.create(place=other)
    plain = boss.get(f"{PATH}/{row.pk}").json()["place"]
    assert plain == sent(other)
    answer = boss.get(f"{PATH}/{row.pk}?expand=place")
    assert answer.json()["place"]["id"] == plain
    assert listed(boss, PATH, f"place={other.pk}") == [sent(row)]
    assert sent(row) not in listed(boss, PATH, f"place__ne={other.pk}")


@pytest.mark.parametrize(
    ("field", "operators", "values", "rows"),
    [
        (
            "day",
            ["", "ne", "lt", "lte", "gt", "gte", "in", "isnull"],
            [START.date(), START.date() + timedelta(days=1), START.date() + timedelta(days=31), None],
            [
                {"day": START.date()},
                {"day": START.date() + timedelta(days=1)},
                {"day": START.date() + timedelta(days=31)},
                {"day": None},
            ],
        ),
    ],
)
def test_filters(
    boss: Account, field: str, operators: list[str], values: list[Any], rows: list[dict[str, Any]]
) -> None:
    ids = [sent(factories.ItemFactory.create(**row)) for row in rows]
    for query, places in questions(field, operators, values):
        assert sorted(listed(boss, PATH, query)) == sorted(ids[place] for place in places), query


def test_pages(boss: Account) -> None:
    ids = [sent(factories.ItemFactory.create(created_at=START)) for _ in range(5)]
    for field in ("id", "created_at"):  # ties are broken by id
        assert walked(boss, PATH, f"sort={field}", 2) == ids
        assert walked(boss, PATH, f"sort=-{field}", 2) == ids[::-1]
    assert sorted(walked(boss, PATH, "", 2)) == sorted(ids)
    page = boss.get(f"{PATH}?sort=id&limit=2&count=true").json()
    assert page["total"] == 5
    assert listed(boss, PATH, "sort=id&limit=2&offset=3") == ids[3:]
    refused(boss.get(f"{PATH}?sort=-id&cursor={page['next']}"), 422, ("cursor", "cursor"))
    for query, error in [
        ("limit=0", ("limit", "limit")),
        ("limit=201", ("limit", "limit")),
        ("sort=no_such_field", ("sort", "sort")),
        ("no_such_field=1", ("no_such_field", "unknown")),
    ]:
        refused(boss.get(f"{PATH}?{query}"), 422, error)


def test_fields(boss: Account) -> None:
    row = factories.ItemFactory.create()
    answer = boss.get(f"{PATH}/{row.pk}?fields=id,created_at")
    assert answer.json().keys() == {"id", "created_at"}
    assert "etag" not in answer.headers
    assert boss.get(f"{PATH}?fields=id").json()["items"] == [{"id": sent(row)}]


def test_absent(boss: Account) -> None:
    for id in (ABSENT, "none"):
        assert boss.get(f"{PATH}/{id}").status_code == 404
        assert boss.patch(f"{PATH}/{id}", {}).status_code == 404
        assert boss.delete(f"{PATH}/{id}").status_code == 404


def test_if_match(boss: Account) -> None:
    row = made(boss, PATH, factories.item_body())
    place = f"{PATH}/{row['id']}"
    refused(boss.patch(place, {}, headers={"If-Match": '"7"'}), 412, ("", "stale"))
    assert boss.get(place, headers={"If-None-Match": '"7", W/"1"'}).status_code == 304
    assert boss.get(place, headers={"If-None-Match": '"7"'}).status_code == 200
    change = sent({"day": START.date() + timedelta(days=31)})
    answer = boss.patch(place, change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    refused(boss.patch(place, change, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    refused(boss.delete(place, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    assert boss.delete(place, headers={"If-Match": answer.headers["etag"]}).status_code == 204


def test_idempotency(boss: Account) -> None:
    body = factories.item_body()
    first = boss.post(PATH, body, headers={"Idempotency-Key": "one"})
    again = boss.post(PATH, body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert listed(boss, PATH) == [first.json()["id"]]
    answer = boss.post(PATH, {**body, "no_such_field": 1}, headers={"Idempotency-Key": "one"})
    refused(answer, 422, ("Idempotency-Key", "key_reused"))
    for _ in range(2):  # a refusal is kept too
        answer = boss.post(PATH, {**body, "no_such_field": 1}, headers={"Idempotency-Key": "two"})
        refused(answer, 422, ("no_such_field", "unknown"))
    assert answer.headers["idempotent-replay"] == "true"


def test_a_key_that_failed_is_good_again(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    body, headers = factories.item_body(), {"Idempotency-Key": "one"}
    with monkeypatch.context() as broken:
        broken.setattr(idempotency.Claim, "store", None)
        assert boss.post(PATH, body, headers=headers).status_code == 500
    assert boss.post(PATH, body, headers=headers).status_code == 201


def test_export(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    ids = [sent(factories.ItemFactory.create()) for _ in range(3)]
    answer = boss.get(f"{PATH}/export?format=csv&sort=id")
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(StringIO(answer.getvalue().decode()))] == [str(id) for id in ids]
    answer = boss.get(f"{PATH}/export?format=jsonl&sort=-id")
    assert [json.loads(line)["id"] for line in answer.getvalue().decode().splitlines()] == ids[::-1]
