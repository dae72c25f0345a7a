"""Stories over HTTP, as an admin meets them: who else may do what is in `test_access.py`."""

import csv
import json
from io import StringIO
from typing import Any

import pytest

from apps.core import export, idempotency
from tests import factories
from tests.checks import in_order, listed, made, questions, refused, shows, walked
from tests.conftest import Account, As
from tests.rows import START, sent

PATH = "/api/v1/stories"
ABSENT = 1_000_000_000

FULL: dict[str, Any] = {}
"""Everything of a story that can be left out, and what differs from its default."""


@pytest.fixture
def boss(as_: As) -> Account:
    """An admin."""
    return as_("admin")


def test_create(boss: Account) -> None:
    body = factories.story_body(**FULL)
    body["editors"] = sent([factories.UserFactory.create()])
    answer = boss.post(PATH, body)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert answer.headers["location"] == f"{PATH}/{row['id']}"
    assert answer.headers["etag"] == '"1"'
    assert shows(row, {key: value for key, value in body.items() if key not in {"editors"}})
    assert "version" not in row
    assert row["state"] == sent("draft")
    found = boss.get(f"{PATH}/{row['id']}")
    assert found.headers["etag"] == '"1"'
    assert found.json() == row


def test_create_with_defaults(boss: Account) -> None:
    row = made(boss, PATH, factories.story_body())
    assert row["created_at"] == row["updated_at"]
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Gamma"),
    ],
)
def test_update(boss: Account, field: str, value: Any) -> None:
    row = made(boss, PATH, factories.story_body())
    answer = boss.patch(f"{PATH}/{row['id']}", sent({field: value}))
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert answer.json()[field] == sent(value)
    assert answer.json()["updated_at"] != row["updated_at"]
    same = row.keys() - {field, "updated_at"}
    assert {key: answer.json()[key] for key in same} == {key: row[key] for key in same}
    assert boss.get(f"{PATH}/{row['id']}").json()[field] == sent(value)


def test_replace(boss: Account) -> None:
    body = factories.story_body()
    row = made(boss, PATH, {**sent(FULL), **body})
    kept = body
    answer = boss.put(f"{PATH}/{row['id']}", kept)
    assert answer.status_code == 200, answer.text
    assert shows(answer.json(), {key: value for key, value in kept.items() if key not in {"editors"}})
    assert answer.json()["created_at"] == row["created_at"]
    assert answer.headers["etag"] > '"1"'
    assert boss.put(f"{PATH}/{ABSENT}", kept).status_code == 404


def test_delete(boss: Account) -> None:
    row = made(boss, PATH, factories.story_body())
    assert boss.delete(f"{PATH}/{row['id']}").status_code == 204
    assert boss.get(f"{PATH}/{row['id']}").status_code == 404
    assert listed(boss, PATH) == []
    assert boss.delete(f"{PATH}/{row['id']}").status_code == 404


def test_restore(boss: Account) -> None:
    body = factories.story_body()
    row = made(boss, PATH, body)
    answer = boss.post(f"{PATH}/{row['id']}/restore")
    refused(answer, 409, ("deleted_at", "wrong_state"))
    boss.delete(f"{PATH}/{row['id']}")
    answer = boss.post(f"{PATH}/{row['id']}/restore")
    assert answer.status_code == 200, answer.text
    assert answer.json()["deleted_at"] is None
    assert listed(boss, PATH) == [row["id"]]


def test_deleted_rows_are_not_in_the_way(boss: Account) -> None:
    body = factories.story_body(**{})
    row = made(boss, PATH, body)
    boss.delete(f"{PATH}/{row['id']}")
    other = made(boss, PATH, body)
    assert boss.post(f"{PATH}/{row['id']}/restore").status_code == 409
    assert listed(boss, PATH) == [other["id"]]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", None, "type"),
        ("title", 7, "type"),
        ("title", "a\x00b", "format"),
        ("title", "x" * 81, "too_long"),
        ("no_such_field", 1, "unknown"),
    ],
)
def test_refused(boss: Account, field: str, value: Any, code: str) -> None:
    body = factories.story_body()
    refused(boss.post(PATH, {**body, **sent({field: value})}), 422, (field, code))
    row = made(boss, PATH, body)
    refused(boss.patch(f"{PATH}/{row['id']}", sent({field: value})), 422, (field, code))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 80),
    ],
)
def test_bounds(boss: Account, field: str, value: Any) -> None:
    body = factories.story_body()
    row = made(boss, PATH, {**body, **sent({field: value})})
    assert row[field] == sent(value)


@pytest.mark.parametrize("field", ["id", "state", "created_at", "updated_at", "version", "deleted_at"])
def test_read_only(boss: Account, field: str) -> None:
    body = factories.story_body()
    refused(boss.post(PATH, {**body, field: None}), 422, (field, "read_only"))
    row = made(boss, PATH, body)
    for value in (None, row.get(field)):
        refused(boss.patch(f"{PATH}/{row['id']}", {field: value}), 422, (field, "read_only"))


@pytest.mark.parametrize("field", ["author", "title"])
def test_required(boss: Account, field: str) -> None:
    body = factories.story_body()
    del body[field]
    refused(boss.post(PATH, body), 422, (field, "required"))


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        (["title"], {}),
    ],
)
def test_unique(boss: Account, fields: list[str], given: dict[str, Any]) -> None:
    values = {key: value() if callable(value) else value for key, value in given.items()}
    first = made(boss, PATH, factories.story_body(**values))
    before = listed(boss, PATH)
    same = {field: first[field] for field in fields}
    again = {**factories.story_body(), **same}
    refused(boss.post(PATH, again), 409, *[(field, "duplicate") for field in fields])
    assert listed(boss, PATH) == before


@pytest.mark.parametrize(
    ("field", "absent", "code"),
    [
        ("author", 1_000_000_000, "type"),
    ],
)
def test_references(boss: Account, field: str, absent: Any, code: str) -> None:
    body = factories.story_body()
    refused(boss.post(PATH, {**body, field: absent}), 422, (field, "not_found"))
    refused(boss.post(PATH, {**body, field: "none"}), 422, (field, code))


def test_expand_author(boss: Account) -> None:
    other = factories.WriterFactory.create()
    row = factories.StoryFactory.create(author=other)
    plain = boss.get(f"{PATH}/{row.pk}").json()["author"]
    assert plain == sent(other)
    answer = boss.get(f"{PATH}/{row.pk}?expand=author")
    assert answer.json()["author"]["id"] == plain
    assert listed(boss, PATH, f"author={other.pk}") == [sent(row)]
    assert sent(row) not in listed(boss, PATH, f"author__ne={other.pk}")


def test_editors(boss: Account) -> None:
    first, second = [sent(factories.UserFactory.create()) for _ in range(2)]
    row = made(boss, PATH, factories.story_body(editors=[first]))
    place = f"{PATH}/{row['id']}"

    def linked() -> list[Any]:
        return [each["id"] for each in boss.get(f"{place}?expand=editors").json()["editors"]]

    assert linked() == [first]
    assert listed(boss, PATH, f"editors={first}") == [row["id"]]
    assert listed(boss, PATH, f"editors={second}") == []
    answer = boss.patch(place, {"editors": [second]})
    assert answer.headers["etag"] == '"2"'
    assert linked() == [second]
    refused(boss.patch(place, {"editors": [1_000_000_000]}), 422, ("editors.0", "not_found"))
    boss.patch(place, {"editors": []})
    assert linked() == []


@pytest.mark.parametrize(
    ("field", "operators", "values", "rows"),
    [
        (
            "title",
            ["", "ne", "lt", "lte", "gt", "gte", "in", "contains"],
            ["Alpha", "Beta", "Gamma"],
            [{"title": "Alpha"}, {"title": "Beta"}, {"title": "Gamma"}],
        ),
        ("state", ["", "ne", "in"], ["draft", "printed"], [{"state": "draft"}, {"state": "printed"}]),
    ],
)
def test_filters(
    boss: Account, field: str, operators: list[str], values: list[Any], rows: list[dict[str, Any]]
) -> None:
    ids = [sent(factories.StoryFactory.create(**row)) for row in rows]
    for query, places in questions(field, operators, values):
        assert sorted(listed(boss, PATH, query)) == sorted(ids[place] for place in places), query


@pytest.mark.parametrize(
    ("field", "values", "rows"),
    [
        ("title", ["Beta", "Gamma", "Alpha"], [{"title": "Beta"}, {"title": "Gamma"}, {"title": "Alpha"}]),
    ],
)
def test_sort(boss: Account, field: str, values: list[Any], rows: list[dict[str, Any]]) -> None:
    ids = [sent(factories.StoryFactory.create(**row)) for row in rows]
    for down in (False, True):
        query = f"sort={'-' if down else ''}{field}"
        expected = in_order(ids, values, down=down)
        assert listed(boss, PATH, query) == expected
        assert walked(boss, PATH, query, 1) == expected
        assert walked(boss, PATH, query, 2) == expected


def test_pages(boss: Account) -> None:
    ids = [sent(factories.StoryFactory.create(created_at=START)) for _ in range(5)]
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
    row = factories.StoryFactory.create()
    answer = boss.get(f"{PATH}/{row.pk}?fields=id,created_at")
    assert answer.json().keys() == {"id", "created_at"}
    assert "etag" not in answer.headers
    assert boss.get(f"{PATH}?fields=id").json()["items"] == [{"id": sent(row)}]


def test_absent(boss: Account) -> None:
    for id in (ABSENT, "none"):
        assert boss.get(f"{PATH}/{id}").status_code == 404
        assert boss.patch(f"{PATH}/{id}", {}).status_code == 404
        assert boss.delete(f"{PATH}/{id}").status_code == 404
        assert boss.post(f"{PATH}/{id}/print").status_code == 404


def test_if_match(boss: Account) -> None:
    row = made(boss, PATH, factories.story_body())
    place = f"{PATH}/{row['id']}"
    refused(boss.patch(place, {}, headers={"If-Match": '"7"'}), 412, ("", "stale"))
    assert boss.get(place, headers={"If-None-Match": '"7", W/"1"'}).status_code == 304
    assert boss.get(place, headers={"If-None-Match": '"7"'}).status_code == 200
    change = sent({"title": "Gamma"})
    answer = boss.patch(place, change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    refused(boss.patch(place, change, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    refused(boss.delete(place, headers={"If-Match": '"1"'}), 412, ("", "stale"))
    assert boss.delete(place, headers={"If-Match": answer.headers["etag"]}).status_code == 204


def test_idempotency(boss: Account) -> None:
    body = factories.story_body()
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
    body, headers = factories.story_body(), {"Idempotency-Key": "one"}
    with monkeypatch.context() as broken:
        broken.setattr(idempotency.Claim, "store", None)
        assert boss.post(PATH, body, headers=headers).status_code == 500
    assert boss.post(PATH, body, headers=headers).status_code == 201


@pytest.mark.parametrize("state", ["draft", "printed"])
def test_print(boss: Account, state: str) -> None:
    row = factories.StoryFactory.create(state=state)
    answer = boss.post(f"{PATH}/{row.pk}/print")
    if state in ["draft"]:
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "printed"
        assert answer.headers["etag"] > '"1"'
    else:
        refused(answer, 409, ("state", "wrong_state"))
        assert boss.get(f"{PATH}/{row.pk}").json()["state"] == state


def test_export(boss: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    ids = [sent(factories.StoryFactory.create()) for _ in range(3)]
    answer = boss.get(f"{PATH}/export?format=csv&sort=id")
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(StringIO(answer.getvalue().decode()))] == [str(id) for id in ids]
    answer = boss.get(f"{PATH}/export?format=jsonl&sort=-id")
    assert [json.loads(line)["id"] for line in answer.getvalue().decode().splitlines()] == ids[::-1]


def test_formulas_are_text_in_files(boss: Account) -> None:
    factories.StoryFactory.create(title="=1+1")
    answer = boss.get(f"{PATH}/export?format=csv")
    assert [row["title"] for row in csv.DictReader(StringIO(answer.getvalue().decode()))] == ["'=1+1"]
    answer = boss.get(f"{PATH}/export?format=jsonl")
    assert json.loads(answer.getvalue().decode())["title"] == "=1+1"
