"""Names: how those of a design are spelled in tables, paths and code, and which ones are taken."""

import keyword
import re

ENTITY = re.compile(r"[A-Z][A-Za-z0-9]*")
"""How the name of an entity or a shared type is spelled."""

FIELD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""How the name of a field, a move, an action or a role is spelled."""

WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*")
"""How a word of an enum is spelled."""

LONGEST = 48
"""Characters of a name: PostgreSQL cuts identifiers at 63, and constraints are named after table and field."""

LANGUAGE_WORDS = frozenset({"user", "owner", "anyone", "signed_in", "now", "today", "input", "tenant"})
"""Names that mean something in every expression."""

CONSTANTS = {"true": True, "false": False, "none": None, "null": None}
"""Lower-case spellings of the constants, which are read too."""

IMPLICIT_FIELDS = ("id", "created_at", "updated_at", "version", "deleted_at")
"""Fields that the application makes and keeps."""

LIST_PARAMETERS = ("limit", "cursor", "offset", "count", "sort", "fields", "expand", "q", "format")
"""Parameters of every list, which a filter of the same name would hide."""

SUB_PATHS = ("export", "history", "restore")
"""Paths that stand below an entity's own."""

OPERATIONS = ("create", "read", "update", "replace", "delete", "list", "get", "live")
"""What the functions of every entity are called."""

ACCOUNT_OPERATIONS = (
    *("register", "invite", "verify_email", "token", "refresh", "logout", "get_me", "update_me"),
    *("change_email", "change_password", "forgot_password", "reset_password"),
    *("list_keys", "create_key", "delete_key", "live", "ready", "metrics"),
)
"""Operations of every project that belong to no entity."""

SYSTEM_COLUMNS = ("oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "rowid")
"""Columns that PostgreSQL or SQLite already has in every table."""

CLASS_MEMBERS = ("metadata", "registry", "copy", "dict", "json", "schema", "validate", "construct")
"""Attributes that SQLAlchemy's and Pydantic's classes already have."""

PYTHON_TYPES = ("str", "int", "bool", "float", "list", "dict", "tuple", "bytes", "object", "self")
"""Names that the annotations of every class need for themselves."""

RESERVED_ENTITIES = frozenset(
    [
        "Answer",
        "Any",
        "Base",
        "Body",
        "Caller",
        "Change",
        "Decimal",
        "Invitation",
        "Key",
        "Mapped",
        "Me",
        "Problem",
        "Roles",
        "Row",
        "UUID",
        "UuidRow",
        "View",
    ]
)
"""Classes that the written code uses beside those of the entities."""

RESERVED_TABLES = frozenset(
    {
        "alembic_version",
        "auth_failures",
        "auth_keys",
        "auth_sessions",
        "auth_tickets",
        "background_jobs",
        "history",
        "idempotency_keys",
    }
)
"""Tables that every written project has."""

RESERVED_PATHS = frozenset({"auth", "health", "imports"})
"""Paths below the version that are not an entity's."""

PYTHON_WORDS = frozenset(keyword.kwlist)

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "ox": "oxen",
    "quiz": "quizzes",
    "criterion": "criteria",
    "phenomenon": "phenomena",
    "analysis": "analyses",
    "basis": "bases",
    "crisis": "crises",
    "diagnosis": "diagnoses",
    "hypothesis": "hypotheses",
    "thesis": "theses",
    "axis": "axes",
    "index": "indexes",
    "matrix": "matrices",
    "vertex": "vertices",
    "appendix": "appendices",
    "leaf": "leaves",
    "half": "halves",
    "shelf": "shelves",
    "calf": "calves",
    "loaf": "loaves",
    "thief": "thieves",
    "wolf": "wolves",
    "knife": "knives",
    "life": "lives",
    "wife": "wives",
    "hero": "heroes",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "echo": "echoes",
    "cactus": "cacti",
    "fungus": "fungi",
    "stimulus": "stimuli",
    "alumnus": "alumni",
    "curriculum": "curricula",
    "medium": "media",
    "datum": "data",
    "bus": "buses",
    "gas": "gases",
}

_UNCOUNTABLE = frozenset(
    {
        "advice",
        "aircraft",
        "baggage",
        "cattle",
        "data",
        "deer",
        "equipment",
        "evidence",
        "feedback",
        "fish",
        "furniture",
        "hardware",
        "information",
        "inventory_data",
        "knowledge",
        "luggage",
        "metadata",
        "money",
        "music",
        "news",
        "police",
        "research",
        "series",
        "sheep",
        "software",
        "species",
        "staff",
        "traffic",
        "media",
        "people",
    }
)


def snake(name: str) -> str:
    """`OrderLine` -> `order_line`, `APIKey` -> `api_key`."""
    parted = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", parted).replace("-", "_").lower()


def plural(name: str) -> str:
    """The English plural of a name in snake case: `price_list` -> `price_lists`, `person` -> `people`."""
    head, _, last = name.rpartition("_")
    return f"{head}_{_plural_word(last)}" if head else _plural_word(last)


def _plural_word(word: str) -> str:
    if word in _UNCOUNTABLE:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search(r"(s|x|z|ch|sh)$", word):
        return f"{word}es"
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}s"


def kebab(name: str) -> str:
    """`price_lists` -> `price-lists`, as it stands in paths."""
    return name.replace("_", "-")


def title(name: str) -> str:
    """`order_line` -> `OrderLine`, as a class is called."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_-]", name))


def phrase(name: str) -> str:
    """`OrderLine` or `order_line` -> `order line`, as it stands in sentences."""
    return snake(name).replace("_", " ")


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeio' or noun.startswith('un') else 'a'} {noun}"
