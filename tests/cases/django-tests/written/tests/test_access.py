"""Who may do what: strangers and every role, with rows of their own and of others, as the blueprint's rules say."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import factories
from tests.conftest import As, Client
from tests.rows import sent


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for: its path, what makes rows and bodies, and what these take."""

    path: str
    row: Callable[..., Any]
    body: Callable[..., dict[str, Any]]
    asked: list[str] = field(default_factory=list)
    body_asked: list[str] = field(default_factory=list)
    moves: dict[str, tuple[str, Any, dict[str, Any]]] = field(default_factory=dict)
    """By name: the path behind the list's, what is sent, and columns of the row."""
    searches: dict[str, tuple[list[str], dict[str, Any], dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    """By field: what lists are asked, columns of the row, and a change of it."""
    links: dict[str, tuple[Callable[..., Any], list[str], str]] = field(default_factory=dict)
    """By field: what makes a row beyond it, what that takes, and the column of the link."""
    change: dict[str, Any] = field(default_factory=dict)
    """What an admin changes, where there is a history."""
    state: str = ""
    answers: str = ""
    """Who asks, about whose row; the status of each request. `listed`, `shows`, `finds`, `tells`, `expands`,
    `meets` and `holds`: whether it is there."""


THINGS = {
    "writers": Thing(
        "/api/v1/writers",
        factories.WriterFactory.create,
        factories.writer_body,
        ["account"],
        [],
        {},
        {},
        {},
        {},
        "",
        """
        who       whose  list  item  create  update  delete  listed
        stranger  other  401   401   401     401     401     .
        reader    own    403   404   403     404     404     .
        reader    other  403   404   403     404     404     .
        editor    own    403   404   403     404     404     .
        editor    other  403   404   403     404     404     .
        admin     own    200   200   201     200     204     yes
        admin     other  200   200   201     200     204     yes
        """,
    ),
    "stories": Thing(
        "/api/v1/stories",
        factories.StoryFactory.create,
        factories.story_body,
        ["account"],
        ["account"],
        {
            "print": ("/{id}/print", None, {"state": "draft"}),
        },
        {},
        {
            "author": (factories.WriterFactory.create, [], "author"),
        },
        {},
        "state",
        """
        who       whose  list  listed  item  create  update  delete  print  expands:author  meets:author
        stranger  other  200   yes     200   401     401     401     401    no              no
        reader    own    200   yes     200   422     200     403     403    no              no
        reader    other  200   yes     200   422     403     403     403    no              no
        editor    own    200   yes     200   403     200     204     200    no              no
        editor    other  200   yes     200   403     200     204     200    no              no
        admin     own    200   yes     200   201     200     204     200    yes             yes
        admin     other  200   yes     200   201     200     204     200    yes             yes
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
def test_access(as_: As, stranger: Client, of: str, who: str, whose: str, answers: dict[str, str]) -> None:
    thing = THINGS[of]
    for action, expected in answers.items():
        client, given = caller(as_, stranger, who, whose)
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
            columns = {column: beyond(**others)}
        made = {word: given[word] for word in thing.asked} | columns
        key = None if verb in ("create", "owns") else thing.row(**made)
        row = sent(key)
        if verb in ("history", "tells"):  # of what an admin has just changed
            boss = as_("admin")
            boss.patch(f"{thing.path}/{row}", sent(thing.searches[state][2] if state else thing.change))
        if verb == "holds":
            beyond(**{column: key}, **others)
        found = asked(client, thing, action, row, given)
        assert found == expected, f"{action}: {found} in place of {expected}"


def caller(as_: As, stranger: Client, who: str, whose: str) -> tuple[Client, dict[str, Any]]:
    """Who asks, and what rows and bodies are made with."""
    somebody = factories.UserFactory.create()
    if who == "stranger":
        return stranger, {"account": somebody}
    account = as_(who)
    return account, {"account": account.user if whose == "own" else somebody}


def asked(client: Client, thing: Thing, action: str, row: Any, given: Mapping[str, Any]) -> str:
    """What one request is answered."""
    place = f"{thing.path}/{row}"
    verb, _, name = action.partition(":")
    match verb:
        case "list":
            export = client.get(f"{thing.path}/export?format=jsonl")
            listed = client.get(thing.path)
            assert export.status_code == listed.status_code
            return str(listed.status_code)
        case "listed":
            exported = client.get(f"{thing.path}/export?format=jsonl").getvalue().decode().splitlines()
            ids = [item["id"] for item in client.get(thing.path).json()["items"]]
            assert [json.loads(line)["id"] for line in exported] == ids
            return "yes" if row in ids else "no"
        case "item":
            return str(client.get(place).status_code)
        case "create":
            body = thing.body(**{word: given[word] for word in thing.body_asked})
            return str(client.post(thing.path, body).status_code)
        case "history":
            return str(client.get(f"{place}/history").status_code)
        case "owns":
            body = thing.body(**{word: given[word] for word in thing.body_asked})
            return str(client.post(thing.path, {**body, name: sent(factories.UserFactory.create())}).status_code)
        case "update":
            answer = client.patch(place, {})
            invalid = client.patch(place, {"no_such_field": 1})
            assert invalid.status_code == (422 if answer.status_code == 200 else answer.status_code)
            return str(answer.status_code)
        case "gives":
            return str(client.patch(place, {name: sent(factories.UserFactory.create())}).status_code)
        case "delete":
            return str(client.delete(place).status_code)
        case "shows":
            return "yes" if name in client.get(place).json() else "no"
        case "finds":
            lists = [client.get(f"{thing.path}?{query}").json() for query in thing.searches[name][0]]
            (found,) = {row in [item["id"] for item in page["items"]] for page in lists}
            return "yes" if found else "no"
        case "tells":
            events = client.get(f"{place}/history").json()["items"]
            return "yes" if name in {each["field"] for event in events for each in event["changes"]} else "no"
        case "writes":
            value = client.get(place).json().get(name)
            return str(client.patch(place, {name: value}).status_code)
        case "meets":
            plain, whole = [client.get(f"{place}{query}").json()[name] for query in ("", f"?expand={name}")]
            listed = client.get(f"{thing.path}?{name}__id={plain}").json()
            assert (row in [item["id"] for item in listed["items"]]) == (whole is not None)
            return "yes" if whole is not None else "no"
        case "holds":
            return "yes" if client.get(f"{place}?expand={name}").json()[name] else "no"
        case "expands":
            return "yes" if client.get(f"{place}?expand={name}").json()[name] is not None else "no"
        case _:
            path, body, _ = thing.moves[action]
            status = client.post(thing.path + path.replace("{id}", str(row)), body).status_code
            return "200" if status == 501 else str(status)
