"""What becomes of requests that are made at once: one of them gets what there is once, and nothing is counted twice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests import factories
from tests.checks import listed, made, race, refused
from tests.conftest import Account, As, at_once
from tests.rows import sent

MANY = 20


@dataclass(frozen=True, slots=True)
class Thing:
    """What requests are about: its path, and what makes rows and bodies."""

    path: str
    row: Callable[..., Any]
    body: Callable[..., dict[str, Any]]

    def place(self, **columns: Any) -> str:
        """The path of a new row."""
        return f"{self.path}/{self.row(**columns).pk}"

    def new(self, **fields: Any) -> dict[str, Any]:
        """What makes a row."""
        return self.body(**fields)


THINGS = {
    "writers": Thing("/api/v1/writers", factories.WriterFactory.create, factories.writer_body),
    "stories": Thing("/api/v1/stories", factories.StoryFactory.create, factories.story_body),
}


@pytest.fixture
def boss(as_: As) -> Account:
    """An admin."""
    return as_("admin")


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("writers", sent({"name": "Gamma"})),
        ("stories", sent({"title": "Gamma"})),
    ],
)
def test_updates(boss: Account, of: str, change: dict[str, Any]) -> None:
    """With one ETag one of them is made; without, each waits for the one before."""
    place = THINGS[of].place()
    headers = {"If-Match": boss.get(place).headers["etag"]}
    (won,) = race((partial(boss.patch, place, change, headers=headers) for _ in range(MANY)), 200, 412, ("", "stale"))
    answers = race((partial(boss.patch, place, change) for _ in range(MANY)), 200, 200, winners=MANY)
    assert len({answer.headers["etag"] for answer in (won, *answers)}) == 1 + MANY


@pytest.mark.parametrize("of", THINGS)
def test_idempotency(as_: As, boss: Account, of: str) -> None:
    """One key makes one row, and has one answer."""
    path, body, headers = THINGS[of].path, THINGS[of].new(), {"Idempotency-Key": "one"}
    before = listed(boss, path)
    answers = at_once([partial(boss.post, path, body, headers=headers) for _ in range(MANY)])
    first = boss.post(path, body, headers=headers)
    assert first.status_code == 201, first.text
    assert first.headers["idempotent-replay"] == "true"
    for answer in answers:
        if answer.status_code == 201:
            assert (answer.content, answer.headers["location"]) == (first.content, first.headers["location"])
        else:
            refused(answer, 409, ("Idempotency-Key", "in_flight"))
    assert 201 in {answer.status_code for answer in answers}
    assert sorted(listed(boss, path)) == sorted([*before, first.json()["id"]])
    other = {**body, "no_such_field": 1}
    refused(boss.post(path, other, headers=headers), 422, ("Idempotency-Key", "key_reused"))
    somebody = as_("admin")
    another = somebody.post(path, THINGS[of].new(), headers=headers)
    assert another.status_code == 201, another.text
    assert another.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("of", "columns", "move", "body", "state"),
    [
        ("stories", {"state": "draft"}, "print", None, "state"),
    ],
)
def test_moves(boss: Account, of: str, columns: dict[str, Any], move: str, body: Any, state: str) -> None:
    """One of them is made."""
    place = THINGS[of].place(**columns)
    requests = (partial(boss.post, f"{place}/{move}", body) for _ in range(MANY))
    (won,) = race(requests, 200, 409, (state, "wrong_state"))
    assert boss.get(place).headers["etag"] == won.headers["etag"]


@pytest.mark.parametrize(
    ("of", "fields", "also"),
    [
        ("writers", ["account"], {"account": factories.UserFactory.create}),
        ("stories", ["title"], {}),
    ],
)
def test_unique(boss: Account, of: str, fields: list[str], also: dict[str, Any]) -> None:
    """Of those that agree in these fields, one is made."""
    thing = THINGS[of]
    values = {key: value() if callable(value) else value for key, value in also.items()}
    before = made(boss, thing.path, thing.new(**values))
    assert boss.delete(f"{thing.path}/{before['id']}").status_code == 204
    same = {field: before[field] for field in fields}
    bodies = [{**thing.new(), **same} for _ in range(MANY)]
    errors = [(field, "duplicate") for field in fields]
    race((partial(boss.post, thing.path, body) for body in bodies), 201, 409, *errors)
