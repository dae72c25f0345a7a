"""Who may do what: strangers and every role, with rows of their own and of others, as the blueprint's rules say."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests import factories
from tests.conftest import As
from tests.rows import sent


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: its path, what makes rows and bodies, and what these take."""

    path: str
    row: Callable[..., Awaitable[Any]]
    body: Callable[..., Awaitable[dict[str, Any]]]
    asked: list[str] = field(default_factory=list)
    body_asked: list[str] = field(default_factory=list)
    moves: dict[str, tuple[str, Any, dict[str, Any]]] = field(default_factory=dict)
    """By name: the path behind the list's, what is sent, and columns of the row."""
    searches: dict[str, tuple[list[str], dict[str, Any], dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    """By field: what lists are asked, columns of the row, and a change of it."""
    links: dict[str, tuple[Callable[..., Awaitable[Any]], list[str], str]] = field(default_factory=dict)
    """By field: what makes a row beyond it, what that takes, and the column of the link."""
    change: dict[str, Any] = field(default_factory=dict)
    """What an admin changes, where there is a history."""
    state: str = ""
    answers: str = ""
    """Who asks, about whose row; the status of each request. `listed`, `shows`, `finds`, `tells`, `expands`,
    `meets` and `holds`: whether it is there."""


THINGS = {
    "items": Thing(
        "/api/v1/items",
        factories.item,
        factories.item_body,
        [],
        [],
        {},
        {},
        {},
        {},
        "",
        """
        who       whose  list  listed  item  create  update  delete  writes:price
        stranger  any    200   yes     200   401     401     401     .
        guest     any    200   yes     200   403     403     204     .
        staff     any    200   yes     200   201     403     204     .
        admin     any    200   yes     200   201     200     204     200
        """,
    ),
}


def lines() -> Iterator[Any]:
    """The lines of all tables."""
    for of, thing in THINGS.items():
        head, *rows = [line.split() for line in thing.answers.strip().splitlines()]
        for who, whose, *cells in rows:
            answers = {action: answer for action, answer in zip(head[2:], cells, strict=True) if answer != "."}
            yield pytest.param(of, who, whose, answers, id=f"{of}-{who}-{whose}")


@pytest.mark.parametrize(("of", "who", "whose", "answers"), list(lines()))
async def test_access(as_: As, stranger: AsyncClient, of: str, who: str, whose: str, answers: dict[str, str]) -> None:
    thing = THINGS[of]
    for action, expected in answers.items():
        client, given = await caller(as_, stranger, who, whose)
        verb, _, state = action.partition(":")
        columns = thing.moves[action][2] if action in thing.moves else {}
        if verb == "update" and state:  # `update:paid`: of a row in this state
            columns = {thing.state: state}
        if verb in ("finds", "tells"):
            columns = thing.searches[state][1] if verb == "finds" else thing.searches[state][3]
        if verb in ("meets", "holds"):
            beyond, takes, column = thing.links[state]
            others = {word: given[word] for word in takes}
        if verb == "meets":
            columns = {column: await beyond(**others)}
        made = {word: given[word] for word in thing.asked} | columns
        key = None if verb in ("create", "owns") else await thing.row(**made)
        row = sent(key)
        if verb in ("history", "tells"):  # of what an admin has just changed
            boss = await as_("admin")
            await boss.patch(f"{thing.path}/{row}", json=sent(thing.searches[state][2] if state else thing.change))
        if verb == "holds":
            await beyond(**{column: key}, **others)
        found = await asked(client, thing, action, row, given)
        assert found == expected, f"{action}: {found} in place of {expected}"


async def caller(as_: As, stranger: AsyncClient, who: str, whose: str) -> tuple[AsyncClient, dict[str, Any]]:
    """Who asks, and what rows and bodies are made with."""
    somebody = await factories.user()
    if who == "stranger":
        return stranger, {"account": somebody}
    account = await as_(who)
    return account, {"account": account.id if whose == "own" else somebody}


async def asked(client: AsyncClient, thing: Thing, action: str, row: Any, given: Mapping[str, Any]) -> str:
    """What one request is answered."""
    place = f"{thing.path}/{row}"
    verb, _, name = action.partition(":")
    match verb:
        case "list":
            export = await client.get(f"{thing.path}/export?format=jsonl")
            listed = await client.get(thing.path)
            assert export.status_code == listed.status_code
            return str(listed.status_code)
        case "listed":
            exported = (await client.get(f"{thing.path}/export?format=jsonl")).text.splitlines()
            ids = [item["id"] for item in (await client.get(thing.path)).json()["items"]]
            assert [json.loads(line)["id"] for line in exported] == ids
            return "yes" if row in ids else "no"
        case "item":
            return str((await client.get(place)).status_code)
        case "create":
            body = await thing.body(**{word: given[word] for word in thing.body_asked})
            return str((await client.post(thing.path, json=body)).status_code)
        case "history":
            return str((await client.get(f"{place}/history")).status_code)
        case "owns":
            body = await thing.body(**{word: given[word] for word in thing.body_asked})
            return str((await client.post(thing.path, json={**body, name: sent(await factories.user())})).status_code)
        case "update":
            answer = await client.patch(place, json={})
            invalid = await client.patch(place, json={"no_such_field": 1})
            assert invalid.status_code == (422 if answer.status_code == 200 else answer.status_code)
            return str(answer.status_code)
        case "gives":
            return str((await client.patch(place, json={name: sent(await factories.user())})).status_code)
        case "delete":
            return str((await client.delete(place)).status_code)
        case "shows":
            return "yes" if name in (await client.get(place)).json() else "no"
        case "finds":
            lists = [(await client.get(f"{thing.path}?{query}")).json() for query in thing.searches[name][0]]
            (found,) = {row in [item["id"] for item in page["items"]] for page in lists}
            return "yes" if found else "no"
        case "tells":
            events = (await client.get(f"{place}/history")).json()["items"]
            return "yes" if name in {each["field"] for event in events for each in event["changes"]} else "no"
        case "writes":
            value = (await client.get(place)).json().get(name)
            return str((await client.patch(place, json={name: value})).status_code)
        case "meets":
            plain, whole = [(await client.get(f"{place}{query}")).json()[name] for query in ("", f"?expand={name}")]
            listed = (await client.get(f"{thing.path}?{name}__id={plain}")).json()
            assert (row in [item["id"] for item in listed["items"]]) == (whole is not None)
            return "yes" if whole is not None else "no"
        case "holds":
            return "yes" if (await client.get(f"{place}?expand={name}")).json()[name] else "no"
        case "expands":
            return "yes" if (await client.get(f"{place}?expand={name}")).json()[name] is not None else "no"
        case _:
            path, body, _ = thing.moves[action]
            status = (await client.post(thing.path + path.replace("{id}", str(row)), json=body)).status_code
            return "200" if status == 501 else str(status)
