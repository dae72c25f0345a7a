"""The JSON Schema of the language, for completion and first checks in editors. The reader knows more."""

from typing import Any

from backsmith.design import naming
from backsmith.design.model import Database, Framework, Ids, Register
from backsmith.readers.blueprint.kinds import PLAIN

Schema = dict[str, Any]

_FIELD_NAME = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
_ENTITY_NAME = "^[A-Z][A-Za-z0-9]*$"
_WORD = "[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*"

_MODIFIERS = (
    "? optional · unique · index · search · private (never leaves the server) · readonly · owner · "
    "fixed (sent on creation only) · bounds (>= 0, < 100) · ~ /regex/ · = literal (default) · "
    "= expression (computed) · default expression · set expression (stored at creation) · "
    "on delete cascade|restrict|null · was OLD"
)

TYPES: dict[str, str] = {
    "str": "Text of at most 255 characters; `str(80)` says another limit.",
    "text": "Text without a limit.",
    "int": "A whole number of 32 bits.",
    "bigint": "A whole number of 64 bits.",
    "float": "A finite number in floating point.",
    "decimal": "`decimal(10,2)`: an exact number of 10 digits, 2 of them after the point; a string in JSON.",
    "money": "`decimal(12,2)`.",
    "bool": "True or false.",
    "date": "A day.",
    "time": "A time of day without a zone.",
    "datetime": "A moment, kept and sent in UTC.",
    "duration": "A length of time; ISO 8601 in JSON.",
    "uuid": "A UUID.",
    "email": "An address, kept in lower case.",
    "url": "An absolute http or https address.",
    "slug": "Lower-case letters, digits and single hyphens.",
    "phone": "A telephone number in E.164: `+4930123456`.",
    "ip": "An IPv4 or IPv6 address.",
    "json": "Any JSON document.",
    "file": "An upload.",
    "image": "An upload that is checked to be an image.",
}
"""Every type that is a word, and what it holds."""

_TYPE = f"({'|'.join(sorted(TYPES, key=len, reverse=True))})"


def schema() -> Schema:
    """JSON Schema 2020-12 of `backend.yaml`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "backsmith blueprint",
        "description": "A backend, described: what it keeps, who may do what, what happens when.",
        "type": "object",
        "required": ["backend", "entities"],
        "additionalProperties": False,
        "properties": {
            "backend": _text("What the backend is called.", pattern="^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", maxLength=40),
            "framework": _words("The framework of what is written.", Framework, default=Framework.FASTAPI),
            "database": _words(
                "In production; development runs on embedded SQLite.", Database, default=Database.POSTGRESQL
            ),
            "auth": _ref("auth"),
            "types": _named("Enums and embedded values that entities share.", _ENTITY_NAME, _ref("shared")),
            "entities": _named("The kinds of things that the backend keeps.", _ENTITY_NAME, _ref("entity")),
            "api": _ref("api"),
            **_planned(),
        },
        "$defs": _definitions(),
    }


def _planned() -> Schema:
    """Sections that are read and checked, and that no writer can write yet."""
    upload = {
        "into": _text("The entity."),
        "match": _one_or_more("Fields that identify a row."),
        "columns": {"type": "object", "additionalProperties": {"type": "string"}},
        "access": _ref("rule"),
    }
    model = {
        "file": _text("An ONNX or skops file."),
        "access": _ref("rule"),
        "features": {},
        "sha256": _text("The hash of the file."),
    }
    task = {
        "on": _text("`Order.pay`, `Order.create`."),
        "every": _text("`10m`: s, m, h, d.", pattern="^[1-9][0-9]*(s|m|h|d)$"),
        "each": _text("`Order where status == 'draft'`."),
        "move": _text("A move of these rows."),
    }
    pushed = "Entities whose changes are pushed to clients."
    return {
        "imports": _named("Tables of rows that users upload.", "", _object(upload, ["into"])),
        "models": _named("Trained models that are served.", "", _object(model, ["file"])),
        "tasks": _named("What happens in the background.", "", _object(task)),
        "realtime": {"type": "array", "items": {"type": "string"}, "description": pushed},
    }


def _definitions() -> Schema:
    words = {"type": "string", "pattern": rf"^\s*{_WORD}(\s*\|\s*{_WORD})+\s*$"}
    rule = "Who may: `anyone`, `signed_in`, `owner`, roles, and conditions on the row: `owner and status == 'draft'`."
    examples = ["anyone", "signed_in", "owner", "owner or staff", "user in project.members"]
    return {
        "auth": _auth(),
        "api": _api(),
        "entity": _entity(),
        "field": _field(),
        "shared": {"description": "Words, `s|m|l`, or fields.", "anyOf": [words, _fields("The fields of the value.")]},
        "rule": _text(rule, examples=examples),
        "effect": _text("`stock -= quantity`, `lines.product.stock -= lines.quantity`, `paid_at = now`."),
        "effects": _one_or_more("What else happens, in the same transaction.", _ref("effect")),
        "access": _access(),
        "move": _move(),
        "action": _action(),
        "group": _group(),
        "inputs": _fields("Plain fields: a type, `?`, bounds, a regex, a constant default."),
    }


def _fields(description: str) -> Schema:
    return _named(description, _FIELD_NAME, _ref("field"))


def _group() -> Schema:
    conditional = {"fields": _one_or_more("The fields."), "where": _text("A condition on the row's own fields.")}
    names = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    return {
        "description": "Fields, or fields and a condition on the rows that it holds for.",
        "anyOf": [names, _object(conditional, ["fields"]), {"type": "string"}],
    }


def _auth() -> Schema:
    roles = {
        "type": "array",
        "items": {"type": "string", "pattern": _FIELD_NAME},
        "minItems": 1,
        "uniqueItems": True,
        "description": "The first is what a new account gets; `admin` may do everything, and is always there.",
    }
    return _object(
        {
            "roles": roles,
            "register": _words("Who may make an account.", Register, default=Register.OPEN),
            "verify": _flag("Whether signing in needs a verified address; on when left out."),
            "social": {"type": "array", "items": {"type": "string"}, "description": "Sign-in through others."},
        },
        description="Accounts and their roles.",
    )


def _api() -> Schema:
    rate = _text("Requests of each account or address.", pattern=r"^\s*[1-9][0-9]*\s*/\s*(second|minute|hour|day)\s*$")
    return _object(
        {
            "version": _text("The first part of every path.", pattern="^v[1-9][0-9]?$", default="v1"),
            "rate": {**rate, "examples": ["100/minute"]},
            "ids": _words("How rows are numbered.", Ids, default=Ids.INT),
            "links": _flag("Links in every item (HATEOAS)."),
            "graphql": _flag("GraphQL beside REST."),
        },
        description="What is true of the whole interface.",
    )


def _entity() -> Schema:
    groups = {"type": "array", "items": _ref("group")}
    checks = {
        "description": "Conditions over a row's own fields that always hold, as a list or with names.",
        "anyOf": [_one_or_more("Conditions."), _named("Conditions by name.", _FIELD_NAME, {"type": "string"})],
    }
    return _object(
        {
            "fields": _own_fields(),
            "access": _ref("access"),
            "moves": _named("The only ways in which a state changes.", _FIELD_NAME, _ref("move")),
            "actions": _named("Typed endpoints whose body is written by hand.", _FIELD_NAME, _ref("action")),
            "on": _object(
                {n: _ref("effects") for n in ("create", "update", "delete")}, description="Effects of changes."
            ),
            "unique": {**groups, "description": "No two rows agree in all of these fields: `[[order, product]]`."},
            "index": {**groups, "description": "Indexes: `[[customer, -created_at]]`."},
            "checks": checks,
            "no_overlap": {**groups, "description": "`[[room, starts_at, ends_at]]`: no two of a room overlap."},
            "order": _one_or_more("What a list is sorted by; `-` in front turns one downward. `-id` when left out."),
            "sortable": _one_or_more("Fields that may be sorted by beside those that are indexed."),
            "tenant": _flag("This entity is the tenant: what refers to it is scoped by it."),
            "history": _flag("Keep who changed what, and when."),
            "soft_delete": _flag("Deleting hides; `POST /{id}/restore` brings back."),
            "ids": _words("How rows are numbered.", Ids),
            "plural": _text("The name of table and path, where English is not enough.", pattern=_FIELD_NAME),
            "source": _text("A query in place of a table."),
            "was": _text("What it was called before."),
            "doc": _text("What it is, for people."),
        },
        description="A kind of thing that the backend keeps. Without `access` it is for admins alone.",
    )


def _own_fields() -> Schema:
    found = _fields("What a row holds: `name: TYPE modifiers`.")
    taken = (*naming.IMPLICIT_FIELDS, *naming.LIST_PARAMETERS, *sorted(naming.LANGUAGE_WORDS), *naming.SYSTEM_COLUMNS)
    return {**found, "propertyNames": {"pattern": _FIELD_NAME, "not": {"enum": list(taken)}}}


def _field() -> Schema:
    name = "[A-Z][A-Za-z0-9]*"
    row = rf"{name}(\s*(\||or)\s*{name})*(\[\])?"
    words = rf"{_WORD}(\s*\|\s*{_WORD})+"
    line = {
        "type": "string",
        "pattern": rf"^\s*({_TYPE}\b|{row}|{words})",
        "description": f"A type and modifiers. Modifiers, in any order: {_MODIFIERS}",
        "examples": _examples(),
    }
    return {
        "anyOf": [
            line,
            _object({"type": {"$ref": "#/$defs/field"}, "doc": _text("What it is, for people.")}, ["type"]),
        ],
        "description": " · ".join(f"{word}: {meaning}" for word, meaning in TYPES.items()),
    }


def _examples() -> list[str]:
    composed = [
        "str(80) unique",
        "text? search",
        "money >= 0",
        "int >= 0 = 0",
        "decimal(10,2)",
        "draft|paid|shipped = draft",
        "Category",
        "Category? on delete null",
        "Tag[]",
        "OrderLine[] part",
        "Product[] by category",
        "User owner",
        "money = sum(lines.quantity * lines.price)",
        "money set product.price",
        "datetime default now",
        "str ~ /^[A-Z]{3}$/",
        "str[]",
        "int[]",
    ]
    return [*PLAIN, *composed]


def _access() -> Schema:
    narrowed = _object({"read": _ref("rule"), "write": _ref("rule")}, description="Beyond the rules of the entity.")
    fields = _named("Fields that fewer may read or write.", _FIELD_NAME, narrowed)
    rules = {name: _ref("rule") for name in ("read", "create", "update", "delete")}
    write = {**_ref("rule"), "description": "create, update and delete, where these say nothing themselves."}
    return _object(
        {**rules, "write": write, "fields": fields}, description="Who may do what. What is not named is for admins."
    )


def _move() -> Schema:
    return _object(
        {
            "from": _one_or_more("The states that it starts from."),
            "to": _text("The state that it leads to."),
            "by": _ref("rule"),
            "do": _ref("effects"),
            "input": _ref("inputs"),
            "field": _text("The enum that it changes, where two hold its words."),
            "doc": _text("What it means, for people."),
        },
        ["from", "to", "by"],
        description="`POST /orders/{id}/pay`.",
    )


def _action() -> Schema:
    return _object(
        {
            "input": _ref("inputs"),
            "output": _ref("inputs"),
            "by": _ref("rule"),
            "item": _flag("It is about one row: `POST /orders/{id}/quote`."),
            "doc": _text("What it does, for people."),
        },
        ["by"],
        description="A typed endpoint whose body is written by hand.",
    )


# Small schemas


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _words(description: str, words: Any, **more: Any) -> Schema:
    return {"enum": [str(word) for word in words], "description": description, **more}


def _one_or_more(description: str, item: Schema | None = None) -> Schema:
    item = item or {"type": "string"}
    return {"description": description, "anyOf": [item, {"type": "array", "items": item}]}


def _object(properties: Schema, required: list[str] | None = None, description: str = "") -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        found["required"] = required
    return {**found, "description": description} if description else found


def _named(description: str, pattern: str, item: Schema) -> Schema:
    found: Schema = {"type": "object", "description": description, "additionalProperties": item}
    if pattern:
        found["propertyNames"] = {"pattern": pattern}
    return found
