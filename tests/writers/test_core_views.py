"""Views answer what callers may see, and nothing else, on both databases."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    Table,
    Time,
    Uuid,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased, mapped_column
from starlette.requests import Request

from .core import Core, core

Mood = Literal["fine", "so-so"]
STAFF, HR = frozenset({"signed_in", "staff"}), frozenset({"signed_in", "staff", "hr"})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{Path(tmp_path_factory.mktemp('core')) / 'core.db'}"
    else:
        url = request.getfixturevalue("postgresql")
    with core(url, "types", "sql", "views", "uuids", "statements") as loaded:
        yield loaded


class Domain:
    """Teams of people with notes. A salary is for its owner and HR; a hidden note is for HR."""

    def __init__(self, db: Core) -> None:
        self.db, self.statements = db, 0
        self.tables()
        self.views()
        db.statements.HEARD.append(self.count)
        db.run(lambda connection: connection.run_sync(db.database.Base.metadata.create_all), writes=True)

    def count(self, *_: object) -> None:
        self.statements += 1

    def tables(self) -> None:
        t, row, uuid_row = self.db.types, self.db.database.Row, self.db.uuids.UuidRow
        self.Team: Any = type(
            "Team",
            (uuid_row,),
            {
                "__tablename__": "teams",
                "name": mapped_column(t.Characters(20), nullable=False),
                "deleted_at": mapped_column(t.UtcDateTime, nullable=True),
            },
        )
        self.Person: Any = type(
            "Person",
            (row,),
            {
                "__tablename__": "people",
                "name": mapped_column(t.Characters(20), nullable=False),
                "salary": mapped_column(t.Exact(12, 2), nullable=True),
                "account": mapped_column(BigInteger, nullable=True),
                "secret": mapped_column(t.Characters(), nullable=True),
                "team_id": mapped_column(ForeignKey("teams.id"), nullable=True),
                "boss_id": mapped_column(ForeignKey("people.id"), nullable=True),
                **{name: mapped_column(type_, nullable=True) for name, type_ in self.every_type().items()},
            },
        )
        self.Note: Any = type(
            "Note",
            (row,),
            {
                "__tablename__": "notes",
                "text": mapped_column(t.Characters(), nullable=False),
                "hidden": mapped_column(Boolean, nullable=False, default=False),
                "person_id": mapped_column(ForeignKey("people.id"), nullable=False),
            },
        )
        self.friends = Table(
            "friends",
            self.db.database.Base.metadata,
            Column("here_id", ForeignKey("people.id"), primary_key=True),
            Column("there_id", ForeignKey("people.id"), primary_key=True),
        )

    def every_type(self) -> dict[str, Any]:
        t = self.db.types
        return {
            "at": t.UtcDateTime(),
            "born": t.Day(),
            "wakes": Time(),
            "nap": t.Span(),
            "height": Double(),
            "active": Boolean(),
            "tag": Uuid(),
            "paper": t.Document(),
            "lucky": t.Items(Integer()),
            "words": t.Items(t.Characters()),
            "ip": t.Ip(),
            "email": t.Email(),
            "mood": t.Words(Mood),
            "number": Integer(),
            "big": BigInteger(),
            "tiny": t.Exact(18, 9),
        }

    def views(self) -> None:
        v, person = self.db.views, self.Person
        caller = self.db.caller

        def own(roles: Any, row: Any) -> Any:
            return or_(caller.granted(roles, "hr"), caller.is_caller(roles, row.account))

        def same_team(roles: Any, row: Any) -> Any:
            other = aliased(person)
            return exists(select(other.id).where(other.team_id == row.team_id, caller.is_caller(roles, other.account)))

        def staff(roles: Any, _: Any) -> Any:
            return caller.granted(roles, "staff")

        self.teams: Any = v.View(
            self.Team,
            name="team",
            fields={"id": self.Team.id, "name": self.Team.name, "deleted_at": self.Team.deleted_at},
            read=lambda roles, row: or_(caller.granted(roles, "hr"), row.name != "Spies"),
            live=lambda row: row.deleted_at.is_(None),
            links={"members": v.Many(lambda: self.people, person.team_id)},
            order=("name",),
        )
        self.notes: Any = v.View(
            self.Note,
            name="note",
            fields={"id": self.Note.id, "text": self.Note.text},
            read=lambda _, row: exists().where(aliased(person).id == row.person_id),
            narrow=lambda roles, row: true() if "hr" in roles else row.hidden.is_(False),
        )
        self.people: Any = v.View(
            person,
            name="person",
            fields={
                "id": person.id,
                "name": person.name,
                "salary": person.salary,
                "team": person.team_id,
                "boss": person.boss_id,
                "notes_count": self.notes_count,
                "owed": self.owed,
                **{name: getattr(person, name) for name in self.every_type()},
            },
            read=staff,
            links={
                "team": v.One(lambda: self.teams),
                "boss": v.One(lambda: self.people),
                "reports": v.Many(lambda: self.people, person.boss_id),
                "notes": v.Parts(lambda: self.notes, self.Note.person_id),
                "friends": v.ManyToMany(lambda: self.people, self.friends.c.here_id, self.friends.c.there_id),
            },
            rules={"salary": own},
            search=("name", "email"),
            sort=(
                "salary",
                "team",
                "boss",
                "notes_count",
                *(name for name in self.every_type() if name not in ("paper", "lucky", "words")),
            ),
        )
        self.paid: Any = v.View(
            person,
            name="person",
            fields={"id": person.id, "name": person.name, "salary": person.salary},
            read=lambda roles, row: and_(staff(roles, row), same_team(roles, row)) if "hr" not in roles else true(),
            rules={"salary": own, "name": lambda roles, _: caller.granted(roles, "hr")},
            search=("name",),
            order=("-salary",),
        )

    def notes_count(self, person: Any) -> Any:
        note = aliased(self.Note)
        return select(func.count(note.id)).where(note.person_id == person.id).scalar_subquery()

    def owed(self, person: Any) -> Any:
        other = aliased(self.Person)
        owed = select(func.coalesce(func.sum(other.salary), 0)).where(other.boss_id == person.id)
        return type_coerce(owed.scalar_subquery(), self.db.types.Exact(12, 2))

    def fill(self) -> None:
        red, spies, gone = (UUID(int=n) for n in (1, 2, 3))
        base: dict[str, Any] = {"secret": "x", "team_id": None, "boss_id": None, "salary": None, "account": None}
        start = datetime(2025, 3, 1, 12, 30, 15, 250000, UTC)

        def person(n: int, **more: Any) -> dict[str, Any]:
            full = n % 3 != 0
            every = {
                "at": start + timedelta(hours=n // 2),
                "born": date(1960 + n // 2, 1, 31),
                "wakes": time(6, n // 2, 0),
                "nap": timedelta(minutes=15 * (n // 2)),
                "height": 1.5 + n // 2 / 8,
                "active": n % 2 == 0,
                "tag": UUID(int=100 + n // 2),
                "paper": {"n": n, "ö": [1.5, None]},
                "lucky": [n, n + 1],
                "words": [f"w{n}", "all"],
                "ip": f"192.0.2.{n}",
                "email": f"P{n}@Example.com",
                "mood": "fine" if n % 2 else "so-so",
                "number": n // 2 - 3,
                "big": 2**60 + n // 2,
                "tiny": Decimal(n // 2 - 2).scaleb(-9),
            }
            return base | {"id": n, "name": f"N{n:02}"} | (every if full else dict.fromkeys(every)) | more

        people = [person(n) for n in range(1, 13)]
        people[0] |= {"account": 71, "salary": Decimal("10.00"), "team_id": red}
        people[1] |= {"account": 72, "salary": Decimal("20.50"), "team_id": red, "boss_id": 1}
        people[2] |= {"account": 73, "salary": Decimal("5.25"), "team_id": spies, "boss_id": 1}
        people[3] |= {"team_id": gone, "boss_id": 2}

        async def work(connection: Any) -> None:
            deleted = {"deleted_at": start}
            await connection.execute(
                insert(self.Team),
                [
                    {"id": red, "name": "Red", "deleted_at": None},
                    {"id": spies, "name": "Spies", "deleted_at": None},
                    {"id": gone, "name": "Gone"} | deleted,
                ],
            )
            await connection.execute(insert(self.Person), people)
            await connection.execute(
                insert(self.Note),
                [{"text": f"note {n}", "hidden": n == 2, "person_id": 1 + n % 2} for n in range(1, 5)],
            )
            await connection.execute(insert(self.friends), [{"here_id": 1, "there_id": n} for n in (4, 2, 3)])

        self.db.run(work, writes=True)

    def caller(self, roles: frozenset[str] = STAFF, account: int | None = 79) -> Any:
        return self.db.caller.Caller(account, roles)

    def get(self, view: Any, caller: Any = None, id: int | None = None, **query: Any) -> Any:
        """The answer of a list, or of an item."""
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/here",
            "query_string": urlencode(query).encode(),
            "headers": [],
        }
        caller, self.statements = caller or self.caller(), 0

        async def work(connection: Any) -> Any:
            if id is None:
                return await view.page(caller, Request(scope))
            return await view.item(caller, id, Request(scope))

        return json.loads(self.db.run(work).body)

    def all(self, view: Any, caller: Any = None, limit: int = 3, **query: Any) -> list[Any]:
        """All items of a list, page by page, in one statement each."""
        cursor: dict[str, Any] = {}
        items = []
        while True:
            page = self.get(view, caller, limit=limit, **query, **cursor)
            assert self.statements == 1
            assert len(page["items"]) <= limit
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    def export(self, view: Any, caller: Any = None, **query: Any) -> str:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/here",
            "query_string": urlencode(query).encode(),
            "headers": [],
        }

        async def work(_: object) -> str:
            response = await view.export(caller or self.caller(), Request(scope))
            return b"".join([chunk async for chunk in response.body_iterator]).decode()

        text: str = self.db.run(work)
        return text

    def refused(self, view: Any, caller: Any = None, **query: Any) -> set[tuple[str, str]]:
        """The errors that a list answers with."""
        with pytest.raises(self.db.errors.Invalid) as caught:
            self.get(view, caller, **query)
        return {(error.field, error.code) for error in caught.value.errors}


@pytest.fixture(scope="module")
def domain(db: Core) -> Domain:
    made = Domain(db)
    made.fill()
    return made


def ids(items: Any) -> list[int]:
    return [item["id"] for item in (items["items"] if isinstance(items, dict) else items)]


def test_every_type_is_answered(domain: Domain) -> None:
    shown = domain.get(domain.people, id=5)
    assert shown == {
        "id": 5,
        "name": "N05",
        "team": None,
        "boss": None,
        "notes_count": 0,
        "owed": "0.00",
        "at": "2025-03-01T14:30:15.250000Z",
        "born": "1962-01-31",
        "wakes": "06:02:00",
        "nap": "PT1800S",
        "height": 1.75,
        "active": False,
        "tag": str(UUID(int=102)),
        "paper": {"n": 5, "ö": [1.5, None]},
        "lucky": [5, 6],
        "words": ["w5", "all"],
        "ip": "192.0.2.5",
        "email": "p5@example.com",
        "mood": "fine",
        "number": -1,
        "big": 2**60 + 2,
        "tiny": "0.000000000",
    }
    assert domain.get(domain.people, id=2)["tiny"] == "-0.000000001"


@pytest.mark.parametrize("down", ["", "-"])
@pytest.mark.parametrize(
    "field",
    [
        "at",
        "born",
        "wakes",
        "nap",
        "height",
        "active",
        "tag",
        "ip",
        "email",
        "mood",
        "number",
        "big",
        "tiny",
        "boss",
        "team",
        "notes_count",
    ],
)
def test_pages_pass_nulls_and_ties(domain: Domain, field: str, down: str) -> None:
    hr = domain.caller(HR)
    whole = domain.get(domain.people, hr, limit=200, sort=down + field)["items"]
    assert ids(domain.all(domain.people, hr, sort=down + field)) == ids(whole)
    assert sorted(ids(whole)) == list(range(1, 13))
    values = [item[field] for item in whole]
    present = [value for value in values if value is not None]
    assert values == present + [None] * (len(values) - len(present))
    if field not in ("nap", "tiny"):
        assert present == sorted(present, reverse=bool(down))
    for before, after in pairwise(whole):
        if before[field] == after[field]:
            assert (before["id"] > after["id"]) == bool(down)


@pytest.mark.parametrize("sort", ["-id,-boss", "id,mood,team"])
def test_what_comes_after_the_id_decides_nothing(domain: Domain, sort: str) -> None:
    hr = domain.caller(HR)
    assert ids(domain.all(domain.people, hr, sort=sort)) == ids(domain.all(domain.people, hr, sort=sort.split(",")[0]))


def test_mixed_directions(domain: Domain) -> None:
    found = domain.all(domain.people, sort="-mood,born,-number")
    whole = domain.get(domain.people, sort="-mood,born,-number", limit=200)
    assert ids(found) == ids(whole)


FILTERS: list[tuple[dict[str, str], set[int]]] = [
    ({"at": "2025-03-01T13:30:15.25Z"}, {2}),
    ({"at__gt": "2025-03-01T16:30:15.250000Z"}, {10, 11}),
    ({"born__in": "1961-01-31,1962-01-31"}, {2, 4, 5}),
    ({"born__lte": "1961-01-31"}, {1, 2}),
    ({"wakes": "06:01"}, {2}),
    ({"wakes__in": "06:01:00,06:05:00"}, {2, 10, 11}),
    ({"nap__gte": "PT75M"}, {10, 11}),
    ({"nap__in": "PT15M,P1D"}, {2}),
    ({"height__lt": "1.6"}, {1}),
    ({"height__in": "1.5,1.75"}, {1, 4, 5}),
    ({"active": "true"}, {2, 4, 8, 10}),
    ({"active__ne": "true"}, {1, 3, 5, 6, 7, 9, 11, 12}),
    ({"tag": str(UUID(int=101))}, {2}),
    ({"tag__in": f"{UUID(int=101)},{UUID(int=105)}"}, {2, 10, 11}),
    ({"paper__isnull": "true"}, {3, 6, 9, 12}),
    ({"lucky": "5"}, {4, 5}),
    ({"words": "w4"}, {4}),
    ({"words": "all"}, {1, 2, 4, 5, 7, 8, 10, 11}),
    ({"ip": "192.0.2.7"}, {7}),
    ({"email": "p7@EXAMPLE.com"}, {7}),
    ({"email__contains": "P1"}, {1, 10, 11}),
    ({"mood__in": "so-so"}, {2, 4, 8, 10}),
    ({"mood__isnull": "false", "active": "false"}, {1, 5, 7, 11}),
    ({"number__lte": "-2"}, {1, 2}),
    ({"big__gte": str(2**60 + 5)}, {10, 11}),
    ({"tiny": "-0.000000001"}, {2}),
    ({"tiny__in": "-0.000000001,0.000000003"}, {2, 10, 11}),
    ({"notes_count": "2"}, {1, 2}),
    ({"notes_count__in": "0"}, {3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
    ({"team": str(UUID(int=1))}, {1, 2}),
    ({"team__name": "Red"}, {1, 2}),
    ({"team__name": "Spies"}, set()),
    ({"team__name": "Gone"}, set()),
    ({"boss__boss": "1"}, {4}),
    ({"boss__team__name__contains": "re"}, {2, 3, 4}),
    ({"friends": "3"}, {1}),
    ({"boss__friends": "2"}, {2, 3}),
    ({"q": "n1"}, {10, 11, 12}),
    ({"team__isnull": "false"}, {1, 2, 3, 4}),
]


@pytest.mark.parametrize(
    ("query", "wanted"), FILTERS, ids=lambda value: urlencode(value) if isinstance(value, dict) else ""
)
def test_filters(domain: Domain, query: dict[str, Any], wanted: set[int]) -> None:
    assert set(ids(domain.get(domain.people, **query))) == wanted


def test_filters_for_whoever_may_see_more(domain: Domain) -> None:
    assert ids(domain.get(domain.people, domain.caller(HR), team__name="Spies")) == [3]


WRONG: list[tuple[dict[str, str], str]] = [
    ({"at": "yesterday"}, "format"),
    ({"born": "2025-02-30"}, "format"),
    ({"wakes": "25:00"}, "format"),
    ({"nap": "15 minutes"}, "format"),
    ({"height": "nan"}, "format"),
    ({"active": "perhaps"}, "type"),
    ({"tag": "x"}, "format"),
    ({"paper": "{}"}, "unknown"),
    ({"lucky": "x"}, "type"),
    ({"lucky__in": "1"}, "unknown"),
    ({"ip": "300.1.1.1"}, "format"),
    ({"ip__contains": "1"}, "unknown"),
    ({"mood": "sad"}, "choice"),
    ({"mood__gt": "fine"}, "unknown"),
    ({"number": str(2**31)}, "too_large"),
    ({"big": str(2**63)}, "too_large"),
    ({"tiny": "0.0000000001"}, "format"),
    ({"secret": "x"}, "unknown"),
    ({"notes": "1"}, "unknown"),
    ({"reports": "1"}, "unknown"),
    ({"notes_count__isnull": "true"}, "unknown"),
    ({"boss__boss__boss__name": "x"}, "unknown"),
    ({"caller__id": "1"}, "unknown"),
]


@pytest.mark.parametrize(
    ("query", "code"), WRONG, ids=lambda value: urlencode(value) if isinstance(value, dict) else ""
)
def test_wrong_values(domain: Domain, query: dict[str, Any], code: str) -> None:
    assert domain.refused(domain.people, **query) == {(name, code) for name in query}


def test_all_mistakes_at_once(domain: Domain) -> None:
    found = domain.refused(
        domain.people, number="x", colour="red", sort="paper", expand="team.boss", limit=0, fields="secret"
    )
    assert found == {
        ("number", "type"),
        ("colour", "unknown"),
        ("sort", "sort"),
        ("expand", "expand"),
        ("limit", "limit"),
        ("fields", "unknown"),
    }


# Rules of single fields


def test_an_unreadable_field_is_absent(domain: Domain) -> None:
    ada = domain.caller(account=71)
    assert domain.get(domain.people, ada, id=1)["salary"] == "10.00"
    assert "salary" not in domain.get(domain.people, ada, id=2)
    assert "salary" not in domain.get(domain.people, ada, id=2, fields="id,salary")
    assert domain.get(domain.people, domain.caller(HR), id=2)["salary"] == "20.50"
    assert ["salary" in item for item in domain.get(domain.people, ada, id__in="1,2,3", sort="id")["items"]] == [
        True,
        False,
        False,
    ]


def test_a_filter_adds_the_rule(domain: Domain) -> None:
    ada = domain.caller(account=71)
    assert ids(domain.get(domain.people, ada, salary__gte="0")) == [1]
    assert ids(domain.get(domain.people, ada, salary__isnull="true")) == []
    assert ids(domain.get(domain.people, ada, boss__salary="10.00")) == [3, 2]
    assert ids(domain.get(domain.people, ada, boss__salary="20.50")) == []
    assert ids(domain.get(domain.people, domain.caller(HR), salary__gte="6", count="true")) == [2, 1]
    assert domain.get(domain.people, ada, salary__gte="0", count="true")["total"] == 1


def test_a_sort_adds_the_rule(domain: Domain) -> None:
    assert ids(domain.all(domain.people, domain.caller(account=71), sort="salary")) == [1]
    assert ids(domain.all(domain.people, domain.caller(HR), sort="-salary"))[:3] == [2, 1, 3]


def test_an_order_that_nobody_asked_for_tells_nothing(domain: Domain) -> None:
    assert ids(domain.all(domain.paid, domain.caller(HR), limit=5))[:3] == [2, 1, 3]
    ben = domain.caller(account=72)
    assert domain.all(domain.paid, ben, limit=1) == [{"id": 2, "salary": "20.50"}, {"id": 1}]
    page = domain.get(domain.paid, domain.caller(account=71), limit=1)
    assert page["items"] == [{"id": 1, "salary": "10.00"}]


def test_a_search_adds_the_rule(domain: Domain) -> None:
    assert ids(domain.get(domain.paid, domain.caller(HR), q="n02")) == [2]
    assert ids(domain.get(domain.paid, domain.caller(account=72), q="n02")) == []


# Links


def test_links_to_one_are_joined(domain: Domain) -> None:
    found = domain.get(domain.people, sort="id", expand="team,boss.team,boss.boss.boss", limit=4)["items"]
    assert domain.statements == 1
    assert [item["team"] and item["team"]["name"] for item in found] == ["Red", "Red", None, "Gone"]
    assert found[3]["team"]["deleted_at"] == "2025-03-01T12:30:15.250000Z"
    assert found[3]["boss"]["boss"]["id"] == 1
    assert found[3]["boss"]["boss"]["boss"] is None
    assert found[3]["boss"]["team"]["name"] == "Red"
    assert "salary" not in found[3]["boss"]


def test_links_to_many_cost_one_query_each(domain: Domain) -> None:
    found = domain.get(domain.people, sort="id", expand="notes,friends.team,reports,boss.notes,team.members", limit=4)
    assert domain.statements == 6
    first, second, *_ = found["items"]
    assert [note["text"] for note in first["notes"]] == ["note 4"]
    assert [note["text"] for note in second["boss"]["notes"]] == ["note 4"]
    assert ids(first["friends"]) == [2, 3, 4]
    assert [friend["team"] and friend["team"]["name"] for friend in first["friends"]] == ["Red", None, "Gone"]
    assert ids(first["reports"]) == [2, 3]
    assert ids(first["team"]["members"]) == [1, 2]
    assert second["friends"] == []


def test_parts_are_narrowed(domain: Domain) -> None:
    found = domain.get(domain.people, domain.caller(HR), id=1, expand="notes")
    assert [note["text"] for note in found["notes"]] == ["note 2", "note 4"]


def test_links_to_many_leave_deleted_and_hidden_rows_out(domain: Domain) -> None:
    assert [team["name"] for team in domain.get(domain.teams)["items"]] == ["Red"]
    assert ids(domain.get(domain.teams, expand="members")["items"][0]["members"]) == [1, 2]


def test_an_unreadable_link_to_one_is_null(domain: Domain) -> None:
    stranger = domain.caller(frozenset(), None)
    with pytest.raises(domain.db.errors.Unauthorized):
        domain.get(domain.people, stranger)
    assert domain.get(domain.teams, stranger, expand="members")["items"][0]["members"] == []


def test_whoever_writes_is_answered_whole(domain: Domain) -> None:
    async def work(connection: Any) -> Any:
        return await domain.people.written(connection, domain.caller(frozenset(), None), 1)

    body, version = domain.db.run(work)
    assert version == 1
    assert [note["text"] for note in json.loads(body)["notes"]] == ["note 4"]
    assert "salary" not in json.loads(body)


# Cursors


def test_a_cursor_is_good_for_its_own_list_only(domain: Domain) -> None:
    cursor = domain.get(domain.people, limit=2, sort="born")["next"]
    assert domain.get(domain.people, limit=2, sort="born", cursor=cursor, fields="id")
    other: list[dict[str, Any]] = [
        {"sort": "-born"},
        {},
        {"sort": "born", "number": "1"},
        {"sort": "born", "q": "n"},
    ]
    for query in other:
        assert domain.refused(domain.people, limit=2, cursor=cursor, **query) == {("cursor", "cursor")}
    for caller in (domain.caller(HR), domain.caller(account=80)):
        assert domain.refused(domain.people, caller, limit=2, sort="born", cursor=cursor) == {("cursor", "cursor")}
    for changed in (cursor[:-1], cursor + "A", "", "!", "é" * 9):
        assert domain.refused(domain.people, limit=2, sort="born", cursor=changed) == {("cursor", "cursor")}


def test_statements_are_kept_by_shape(domain: Domain) -> None:
    plans = domain.db.plans.plan_of
    domain.get(domain.people, number="1", name__in="a,b")
    before = plans.cache_info().misses
    domain.get(domain.people, name__in="c", number="2", limit=7)
    assert plans.cache_info().misses == before


# Exports


def test_exports(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain.db.export, "BATCH", 5)
    lines = [json.loads(line) for line in domain.export(domain.people, format="jsonl", sort="-born").splitlines()]
    assert lines == domain.get(domain.people, sort="-born", limit=200)["items"]
    rows = list(csv.DictReader(io.StringIO(domain.export(domain.people, domain.caller(account=71), sort="id"))))
    assert [row["salary"] for row in rows[:2]] == ["10.00", ""]
    assert (rows[0]["tiny"], rows[0]["active"], rows[0]["lucky"], rows[0]["nap"]) == (
        "-0.000000002",
        "false",
        "[1,2]",
        "P0D",
    )
    assert (rows[2]["at"], rows[0]["at"]) == ("", "2025-03-01T12:30:15.250000Z")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@cmd", "\tx", "\rx"])
def test_cells_are_no_formulas(domain: Domain, text: str) -> None:
    cell = domain.db.export._cell
    assert cell(text) == f"'{text}"
    assert (cell("plain"), cell(-5), cell("a=b"), cell(None), cell(True)) == ("plain", "-5", "a=b", "", "true")


# Documents


def test_parameters_are_those_that_are_read(domain: Domain) -> None:
    parameters = domain.people.list_parameters["parameters"]
    named = {parameter["name"]: parameter for parameter in parameters}
    assert len(named) == len(parameters)
    assert named["mood"]["schema"]["enum"] == ["fine", "so-so"]
    assert named["lucky"]["schema"]["type"] == "integer"
    assert named["born__in"]["explode"] is False
    assert "boss__boss__name__contains" in named
    assert "secret" not in named
    assert {"friends.boss.team", "reports", "team.members.notes"} <= set(named["expand"]["schema"]["items"]["enum"])
    for name in named.keys() - domain.db.queries.LIST:
        assert domain.db.queries.filter_of(domain.people, name) is not None
    assert SimpleNamespace(**named["limit"]["schema"]).maximum == 200
