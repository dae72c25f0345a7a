"""The options of the language as dimensions: in each design, each dimension has one of its values.

A value is what it adds to a blueprint, by place: `Item.count` is a field or a key of an entity, `api.links` a key of a
section. What begins with `+` goes behind the line of a field; lists are joined. The first value of a dimension is the
plainest, and is what a design has where no pair needs another.
"""

from collections.abc import Mapping
from typing import Any

Fragment = Mapping[str, Any]
Row = Mapping[str, str]
"""A value for each dimension, by their names."""

NOTHING: Fragment = {}

BASE: Fragment = {
    "Place.fields": {"name": "str(60) unique", "used": "int >= 0 = 0", "keeper": "User? on delete null"},
    "Place.access": {"read": "anyone", "write": "signed_in"},
    "Item.fields": {},
}
"""What every design has: items, and the places where they are."""

DATABASE, PYTHON = "database", "python"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
OLDEST, NEWEST = "the oldest", "the newest"

NUMBERED = ("amount", "price")
TOLD = ("title", "mark", "code")
TIMED = ("day", "span")
LITERALS = {
    "amount: int": "= 7",
    "amount: bigint": "= 7",
    "amount: float": "= 7.5",
    "price: money": "= 7.50",
    "price: decimal": "= 0.250",
    "title: str": "= 'plain'",
    "title: str(N)": "= 'plain'",
    "title: text": "= 'plain'",
    "mark: email": "= 'ada@example.com'",
    "mark: slug": "= 'plain-one'",
    "mark: url": "= 'https://example.com/one'",
    "kind: bool": "= True",
    "kind: words": "= good",
    "kind: shared": "= good",
    "span: duration": "= days(7)",
}
"""A default of each type that may have one."""
DEFAULTED = ("amount", "price", "title", "mark", "kind", "span")


def _behind(names: tuple[str, ...], words: str) -> Fragment:
    return {f"Item.fields.{name}": f"+ {words}" for name in names}


DIMENSIONS: Mapping[str, Mapping[str, Fragment]] = {
    DATABASE: {SQLITE: {"database": SQLITE}, POSTGRESQL: {"database": POSTGRESQL}},
    PYTHON: {OLDEST: NOTHING, NEWEST: NOTHING},
    # What an item holds
    "amount": {
        "int": {"Item.fields.amount": "int"},
        "bigint": {"Item.fields.amount": "bigint"},
        "float": {"Item.fields.amount": "float"},
    },
    "price": {"money": {"Item.fields.price": "money"}, "decimal": {"Item.fields.price": "decimal(8,3)"}},
    "title": {
        "str": {"Item.fields.title": "str"},
        "str(N)": {"Item.fields.title": "str(60)"},
        "text": {"Item.fields.title": "text"},
    },
    "mark": {
        "slug": {"Item.fields.mark": "slug"},
        "email": {"Item.fields.mark": "email"},
        "url": {"Item.fields.mark": "url"},
    },
    "code": {
        "uuid": {"Item.fields.code": "uuid"},
        "phone": {"Item.fields.code": "phone"},
        "ip": {"Item.fields.code": "ip"},
    },
    "day": {"date": {"Item.fields.day": "date"}, "datetime": {"Item.fields.day": "datetime"}},
    "span": {"time": {"Item.fields.span": "time"}, "duration": {"Item.fields.span": "duration"}},
    "kind": {
        "bool": {"Item.fields.kind": "bool"},
        "words": {"Item.fields.kind": "good|worn|broken"},
        "shared": {"Item.fields.kind": "Kind", "types.Kind": "good|worn|broken"},
    },
    "extra": {
        "json": {"Item.fields.extra": "json"},
        "embedded": {"Item.fields.extra": "Size", "types.Size": {"width": "int >= 0", "note": "str(20)?"}},
        "list": {"Item.fields.extra": "str(20)[]", "Item.fields.sizes": "int[]?"},
    },
    # What is said of these fields, of each that may have it
    "need": {"required": NOTHING, "optional": _behind((*NUMBERED, *TOLD, *TIMED, "kind"), "?")},
    "key": {
        "none": NOTHING,
        "index": _behind((*NUMBERED, *TOLD, *TIMED, "kind"), "index"),
        "unique": _behind((*NUMBERED, *TOLD, *TIMED), "unique"),
    },
    "shown": {"all": NOTHING, "search": _behind(("title",), "search"), "private": _behind(("code",), "private")},
    "given": {
        "always": NOTHING,
        "fixed": _behind((*NUMBERED, "mark", "day", "kind"), "fixed"),
        "readonly": _behind(("amount", "mark", "span"), "? readonly"),
    },
    "start": {
        "none": NOTHING,
        "literal": {},  # by type: see `added`
        "expression": {"Item.fields.title": "+ default lower('PLAIN')", "Item.fields.price": "+ default 3 / 4 + 1"},
    },
    "stored": {
        "none": NOTHING,
        "set": {
            "Item.fields.here": "int? set place.used",
            "Item.fields.by": "User? set user",
            "Item.fields.since": "date default today",
            "Item.fields.until": "date default since + days(3)",
            "Item.fields.twice": "int? set here * 2",
        },
    },
    "bounds": {
        "none": NOTHING,
        "least": _behind(NUMBERED, ">= 0"),
        "within": {**_behind(("amount",), "> -1 <= 900"), **_behind(("price",), ">= 0 < 900")},
    },
    "pattern": {"none": NOTHING, "regex": {"Item.fields.title": "+ ~ /^[a-z]+( [a-z]+)*$/"}},
    "told": {
        "none": NOTHING,
        "doc": {
            "Item.doc": "What is lent.",
            "Item.fields.about": {"type": "str(90)?", "doc": "For people."},
            "Item.was": "Thing",
            "Item.fields.note": "text? was remark",
            "Item.plural": "stock",
        },
    },
    # Other rows
    "place": {
        "required": {"Item.fields.place": "Place"},
        "null": {"Item.fields.place": "Place? on delete null"},
        "cascade": {"Item.fields.place": "Place on delete cascade"},
    },
    "parent": {
        "none": NOTHING,
        "self": {"Item.fields.parent": "Item? unique on delete restrict"},
        "children": {"Item.fields.parent": "Item? on delete cascade", "Item.fields.children": "Item[] by parent"},
    },
    "many": {
        "none": NOTHING,
        "tags": {
            "Tag.fields": {"name": "slug unique"},
            "Tag.access": {"read": "anyone", "write": "member"},
            "Item.fields.tags": "Tag[]",
        },
        "users": {"Item.fields.helpers": "User[]", "Item.fields.related": "Item[]"},
    },
    "parts": {
        "none": NOTHING,
        "narrow": {
            "Item.fields.lines": "Line[] part",
            "Line.fields": {"quantity": "int >= 0", "text": "str(40)?", "place": "Place?", "on": "date default today"},
            "Line.access": {"read": "signed_in", "fields": {"text": {"read": "member"}}},
            "Line.unique": [["item", "quantity"]],
        },
        "moved": {
            "Item.fields.lines": "Line[] part",
            "Line.fields": {"quantity": "int >= 1", "place": "Place"},
            "Item.fields.phase": "open|shut = open",
            "Item.moves": {
                "shut": {"from": "open", "to": "shut", "by": "member", "do": "lines.place.used += lines.quantity"}
            },
        },
    },
    "totals": {
        "none": NOTHING,
        "sums": {
            "Place.fields.items": "Item[] by place",
            "Place.fields.held": "int = count(items)",
            "Place.fields.worth": "decimal(18,3) = sum(items.price)",
        },
        "others": {
            "Place.fields.items": "Item[] by place",
            "Place.fields.dearest": "decimal(12,3)? = max(items.price)",
            "Place.fields.cheapest": "decimal(12,3)? = min(items.price)",
            "Place.fields.usual": "float? = avg(items.amount)",
            "Place.fields.heavy": "bool = any(items.amount > 5)",
            "Place.fields.light": "bool = all(items.amount < 5)",
        },
    },
    "computed": {
        "numbers": {
            "Item.fields.twice": "decimal(14,3)? = price * 2 - 1",
            "Item.fields.part": "float? = -amount / 4 - 1",
            "Item.fields.many": "bool = amount > 3 or not (price < 5)",
        },
        "texts": {
            "Item.fields.label": "text? = lower(title) + ' ' + upper(title)",
            "Item.fields.size": "int? = length(title)",
            "Item.fields.shown": "text = coalesce(title, 'none')",
        },
        "times": {
            "Item.fields.late": "bool = created_at < now - days(3)",
            "Item.fields.due": "datetime = created_at + hours(4) - minutes(5)",
            "Item.fields.wait": "duration? = days(length(title)) + hours(length(title)) - minutes(length(title))",
            "Item.fields.old": "bool = created_at + days(2) < now and place.name in ('attic', 'cellar')",
        },
    },
    # Who may
    "read": {
        "anyone": {"Item.access.read": "anyone"},
        "signed_in": {"Item.access.read": "signed_in"},
        "row": {"Item.access.read": "place.keeper == user or member"},
    },
    "write": {
        "role": {"Item.access.write": "member"},
        "nobody": NOTHING,
        "each": {
            "Item.access.create": "signed_in",
            "Item.access.update": "place.keeper == user or member and version < 9",
            "Item.access.delete": "amount != 3",
        },
    },
    "owner": {
        "none": NOTHING,
        "read": {"Item.fields.holder": "User owner", "Item.access.read": "+ or owner"},
        "delete": {"Item.fields.holder": "User? owner", "Item.access.delete": "owner and price >= 0"},
    },
    "narrowed": {
        "none": NOTHING,
        "field": {"Item.access.fields": {"price": {"read": "member", "write": "member"}}},
        "row": {"Item.access.fields": {"title": {"read": "place.keeper == user"}, "day": {"write": "signed_in"}}},
    },
    "accounts": {
        "none": NOTHING,
        "fields": {"User.fields": {"team": "str(20) = 'red'", "phone": "phone?"}, "User.access": {"read": "signed_in"}},
    },
    "auth": {
        "default": NOTHING,
        "invite": {"auth": {"roles": ["guest", "member", "admin"], "register": "invite"}},
        "closed": {"auth": {"roles": ["guest", "member"], "register": "closed", "verify": False}},
    },
    # What is kept, and what happens
    "tenant": {
        "none": NOTHING,
        "tenant": {
            "Team.tenant": True,
            "Team.fields": {"name": "str(40)"},
            "Team.access": {"read": "signed_in", "update": "member"},
            "Place.fields.team": "Team",
        },
        "access": {
            "Team.tenant": True,
            "Team.fields": {"name": "str(40) unique"},
            "Team.access": {"read": "anyone", "create": "signed_in"},
            "Place.fields.team": "Team",
            "Membership.access": {"read": "member", "create": "member"},
        },
    },
    "trash": {
        "none": NOTHING,
        "items": {"Item.soft_delete": True},
        "both": {"Item.soft_delete": True, "Place.soft_delete": True},
    },
    "history": {"none": NOTHING, "kept": {"Item.history": True}},
    "ids": {
        "int": NOTHING,
        "uuid7": {"api.ids": "uuid7"},
        "mixed": {"api.ids": "int", "Item.ids": "uuid7", "Place.ids": "int"},
    },
    "moves": {
        "none": NOTHING,
        "plain": {
            "Item.fields.state": "new|out|back = new",
            "Item.moves": {
                "take": {"from": "new", "to": "out", "by": "signed_in", "doc": "It leaves."},
                "return_it": {"from": ["out", "new"], "to": "back", "by": "member"},
            },
        },
        "effects": {
            "Item.fields.state": "new|out|back = new",
            "Item.fields.before": "new|out|back = new",
            "Item.fields.reason": "str(50)? readonly",
            "Item.fields.taken_at": "datetime? readonly",
            "Item.moves": {
                "take": {
                    "field": "state",
                    "from": "new",
                    "to": "out",
                    "by": "place.keeper == user or member",
                    "input": {"reason": "str(50)", "many": "int >= 1 <= 9"},
                    "do": ["reason = input.reason", "taken_at = now", "place.used += input.many"],
                },
            },
        },
    },
    "on": {
        "none": NOTHING,
        "create": {"Item.on": {"create": "place.used += 1"}},
        "all": {
            "Item.fields.changes": "int readonly = 0",
            "Item.on": {"create": ["place.used += 2"], "update": ["changes += 1"], "delete": ["place.used -= 1"]},
        },
    },
    "actions": {
        "none": NOTHING,
        "some": {
            "Item.actions": {
                "quote": {"input": {"days": "int >= 1"}, "output": {"price": "money"}, "by": "signed_in", "item": True},
                "purge": {"by": "admin", "item": False, "doc": "Whatever is too old."},
            }
        },
    },
    "checks": {
        "none": NOTHING,
        "named": {"Item.checks": {"dear": "price != 13 or amount < 700", "not_long": "length(title) < 200"}},
        "rows": {
            "Item.fields.target": "Place",
            "Item.checks": ["place != target", "amount == None or amount + 1 > -4000"],
        },
    },
    "unique": {
        "none": NOTHING,
        "set": {"Item.unique": [["place", "day"]]},
        "where": {"Item.unique": [{"fields": ["place", "price"], "where": "amount != 8"}]},
    },
    "index": {
        "none": NOTHING,
        "set": {"Item.index": [["place", "-created_at"]], "Place.index": [["keeper", "name"]]},
        "where": {"Item.index": [{"fields": ["place", "-price"], "where": "amount > 1"}]},
    },
    "overlap": {
        "none": NOTHING,
        "span": {
            "Item.fields.from_on": "date",
            "Item.fields.until_on": "date",
            "Item.no_overlap": [["place", "from_on", "until_on"]],
        },
        "where": {
            "Item.fields.begins": "datetime",
            "Item.fields.ends": "datetime",
            "Item.no_overlap": [{"fields": ["place", "begins", "ends"], "where": "amount != 5"}],
        },
    },
    "order": {
        "none": NOTHING,
        "order": {"Item.order": ["-day", "title"], "Item.sortable": ["amount"], "Place.sortable": ["used"]},
        "one": {"Item.order": "price", "Place.order": ["name"]},
    },
    "api": {
        "default": NOTHING,
        "links": {"api.links": True, "api.version": "v2"},
        "rate": {"api.rate": "200/minute"},
    },
}


def added(dimension: str, row: Row) -> Fragment:
    """What a dimension adds in this row."""
    fragment = DIMENSIONS[dimension][row[dimension]]
    if dimension == "start" and row[dimension] == "literal":
        literals = {name: LITERALS.get(f"{name}: {row[name]}") for name in DEFAULTED}
        return {f"Item.fields.{name}": f"+ {literal}" for name, literal in literals.items() if literal}
    if dimension == "key" and row["title"] == "text":  # too long for an index
        return {place: words for place, words in fragment.items() if place != "Item.fields.title"}
    return fragment
