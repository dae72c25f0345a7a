"""The tables that the application's own parts keep: as their models in `parts/` say, for the first migration."""

from dataclasses import dataclass

from backsmith.design.model import Design
from backsmith.writers.python.code import Code, name

Column = tuple[str, Code, bool]
"""Name, type, and whether it may be null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreTable:
    """One such table. Without a `key` of its own it is a `Row`."""

    name: str
    columns: tuple[Column, ...]
    key: str | None = None
    constraints: tuple[Code, ...] = ()
    indexed: tuple[str, ...] = ()
    indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()


def _core(text: str) -> Code:
    outer = text.partition("(")[0]
    inner = ("Characters",) if "(Characters" in text else ()
    return Code(text, frozenset().union(*(name("app.core.types", word).imports for word in (outer, *inner))))


def _plain(word: str) -> Code:
    return Code(f"{word}()", name("sqlalchemy", word).imports)


def _constraint(text: str) -> Code:
    return Code(text, name("sqlalchemy", text.partition("(")[0]).imports)


ACCOUNT_KEY = Code("KEY")
MOMENT, DOCUMENT = _core("UtcDateTime()"), _core("Document()")

ACCOUNT: tuple[Column, ...] = (
    ("verified_at", MOMENT, True),
    ("password_hash", _core("Characters(200)"), True),
)
"""What the application keeps of an account, and no design speaks of."""

SESSIONS = CoreTable(
    name="auth_sessions",
    columns=(
        ("user_id", ACCOUNT_KEY, False),
        ("token_hash", _core("Characters(64)"), False),
        ("expires_at", MOMENT, False),
    ),
    indexed=("user_id", "expires_at"),
)
KEYS = CoreTable(
    name="auth_keys",
    columns=(
        ("user_id", ACCOUNT_KEY, False),
        ("name", _core("Characters(100)"), False),
        ("roles", _core("Items(Characters())"), False),
        ("token_hash", _core("Characters(64)"), False),
    ),
    constraints=(_constraint('UniqueConstraint("token_hash", name="auth_keys_token_hash_unique")'),),
    indexed=("user_id",),
)
TICKETS = CoreTable(
    name="auth_tickets",
    columns=(
        ("purpose", _core("Characters(20)"), False),
        ("email", _core("Email()"), False),
        ("user_id", ACCOUNT_KEY, True),
        ("details", DOCUMENT, False),
        ("token_hash", _core("Characters(64)"), True),
        ("expires_at", MOMENT, False),
    ),
    constraints=(_constraint('UniqueConstraint("token_hash", name="auth_tickets_token_hash_unique")'),),
    indexed=("user_id", "expires_at"),
)
FAILURES = CoreTable(
    name="auth_failures",
    columns=(("key", _core("Characters(64)"), False),),
    indexes=(("auth_failures_key", ("key", "created_at")),),
)
JOBS = CoreTable(
    name="background_jobs",
    columns=(
        ("kind", _core("Characters(50)"), False),
        ("key", _core("Characters(200)"), True),
        ("payload", DOCUMENT, False),
        ("state", _core("Characters(9)"), False),
        ("due_at", MOMENT, False),
        ("attempts", _plain("Integer"), False),
        ("lease", _core("Characters(32)"), True),
        ("error", _core("Characters(500)"), True),
        ("finished_at", MOMENT, True),
    ),
    constraints=(
        _constraint(
            "CheckConstraint(\"state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')\","
            ' name="background_jobs_state_choice")'
        ),
        _constraint('UniqueConstraint("key", name="background_jobs_key_unique")'),
    ),
    indexed=("finished_at",),
    indexes=(("background_jobs_due", ("state", "due_at")),),
)
IDEMPOTENCY = CoreTable(
    name="idempotency_keys",
    key="key",
    columns=(
        ("key", _core("Characters(64)"), False),
        ("request", _core("Characters(64)"), False),
        ("holder", _plain("Uuid"), False),
        ("expires_at", MOMENT, False),
        ("status", _plain("Integer"), True),
        ("headers", DOCUMENT, True),
        ("body", _plain("LargeBinary"), True),
    ),
    indexed=("expires_at",),
)

HISTORY = CoreTable(
    name="history",
    columns=(
        ("entity", _core("Characters(63)"), False),
        ("row", _core("Characters(36)"), False),
        ("user", _core("Characters(36)"), True),
        ("action", _core("Characters(63)"), False),
        ("changes", DOCUMENT, False),
    ),
    indexes=(("history_of", ("entity", "row", "id")),),
)


def of(design: Design) -> tuple[CoreTable, ...]:
    """The tables that an application of this design has beside those of its entities."""
    kept = (HISTORY,) if any(entity.history for entity in design.entities) else ()
    return (SESSIONS, KEYS, TICKETS, FAILURES, JOBS, IDEMPOTENCY, *kept)
