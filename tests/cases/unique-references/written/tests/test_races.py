"""What becomes of requests that are made at once: one of them gets what there is once, and nothing is counted twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests import factories
from tests.checks import listed, made, race, refused
from tests.conftest import Account, As
from tests.rows import sent
from tests.tenancy import within

MANY = 20


@dataclass(frozen=True, slots=True)
class Thing:
    """What requests are about: its path, and what makes rows and bodies."""

    path: str
    row: Callable[..., Awaitable[Any]]
    body: Callable[..., Awaitable[dict[str, Any]]]
    scoped: bool = False
    body_scoped: bool = False

    async def place(self, given: dict[str, Any], **columns: Any) -> str:
        """The path of a new row."""
        return f"{self.path}/{await self.row(**columns, **(given if self.scoped else {}))}"

    async def new(self, given: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """What makes a row."""
        return await self.body(**fields, **(given if self.body_scoped else {}))


THINGS = {
    "companies": Thing("/api/v1/companies", factories.company, factories.company_body),
    "items": Thing("/api/v1/items", factories.item, factories.item_body, scoped=True),
}


@pytest.fixture
async def boss(as_: As, tenant: int) -> Account:
    """An admin."""
    return within(await as_("admin"), tenant)


@pytest.fixture
async def tenant() -> int:
    """The company that everything here belongs to."""
    return await factories.company()


@pytest.fixture
def given(tenant: int) -> dict[str, Any]:
    """What rows and bodies are made with."""
    return {"tenant": tenant}


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("companies", sent({"name": "Gamma"})),
        ("items", sent({"mark": "gamma"})),
    ],
)
async def test_updates(boss: Account, given: dict[str, Any], of: str, change: dict[str, Any]) -> None:
    """With one ETag one of them is made; without, each waits for the one before."""
    place = await THINGS[of].place(given)
    headers = {"If-Match": (await boss.get(place)).headers["etag"]}
    (won,) = await race((boss.patch(place, json=change, headers=headers) for _ in range(MANY)), 200, 412, ("", "stale"))
    answers = await race((boss.patch(place, json=change) for _ in range(MANY)), 200, 200, winners=MANY)
    assert len({answer.headers["etag"] for answer in (won, *answers)}) == 1 + MANY


@pytest.mark.parametrize("of", THINGS)
async def test_idempotency(as_: As, boss: Account, given: dict[str, Any], of: str) -> None:
    """One key makes one row, and has one answer."""
    path, body, headers = THINGS[of].path, await THINGS[of].new(given), {"Idempotency-Key": "one"}
    before = await listed(boss, path)
    answers = await asyncio.gather(*(boss.post(path, json=body, headers=headers) for _ in range(MANY)))
    first = await boss.post(path, json=body, headers=headers)
    assert first.status_code == 201, first.text
    assert first.headers["idempotent-replay"] == "true"
    for answer in answers:
        if answer.status_code == 201:
            assert (answer.content, answer.headers["location"]) == (first.content, first.headers["location"])
        else:
            refused(answer, 409, ("Idempotency-Key", "in_flight"))
    assert 201 in {answer.status_code for answer in answers}
    assert sorted(await listed(boss, path)) == sorted([*before, first.json()["id"]])
    other = {**body, "no_such_field": 1}
    refused(await boss.post(path, json=other, headers=headers), 422, ("Idempotency-Key", "key_reused"))
    somebody = within(await as_("admin"), given["tenant"])
    another = await somebody.post(path, json=await THINGS[of].new(given), headers=headers)
    assert another.status_code == 201, another.text
    assert another.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("of", "fields", "also"),
    [
        ("items", ["parent"], {"parent": factories.item}),
        ("items", ["keeper"], {"keeper": lambda tenant: factories.user()}),
        ("items", ["mark"], {"mark": "alpha"}),
    ],
)
async def test_unique(boss: Account, given: dict[str, Any], of: str, fields: list[str], also: dict[str, Any]) -> None:
    """Of those that agree in these fields, one is made."""
    thing = THINGS[of]
    scope = given if thing.scoped else {}
    values = {key: await value(**scope) if callable(value) else value for key, value in also.items()}
    before = await made(boss, thing.path, await thing.new(given, **values))
    assert (await boss.delete(f"{thing.path}/{before['id']}")).status_code == 204
    same = {field: before[field] for field in fields}
    bodies = [{**await thing.new(given), **same} for _ in range(MANY)]
    errors = [(field, "duplicate") for field in fields]
    await race((boss.post(thing.path, json=body) for body in bodies), 201, 409, *errors)
