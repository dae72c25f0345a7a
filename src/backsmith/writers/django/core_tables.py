"""The tables that the application's own parts keep, as their models in `parts/` say: for the first migrations."""

from backsmith.design.model import Design
from backsmith.writers.django.models import Model
from backsmith.writers.django.names import ACCOUNTS
from backsmith.writers.django.types import FIELDS, MODELS
from backsmith.writers.python.code import Code, Import, code, name, quoted
from backsmith.writers.python.page import Named

ROW, PLAIN = name("apps.core.models", "Row"), Code("Model")
SETTINGS = Code("settings", frozenset({Import("django.conf", "settings")}))


def _field(called: str, class_: str, *told: str) -> Named:
    module = FIELDS if class_ in ("CharField", "EmailField", "ListField") else MODELS
    return Named(name=called, code=code("{}.{}({})", module, class_, ", ".join(told)))


def _user(*told: str) -> Named:
    options = "".join(f", {each}" for each in told)
    reference = code("{}.ForeignKey({}.AUTH_USER_MODEL, {}.CASCADE{})", MODELS, SETTINGS, MODELS, options)
    return Named(name="user", code=reference)


def _unique(table: str, *fields: str) -> Code:
    listed, called = ", ".join(map(quoted, fields)), quoted(f"{table}_{'_'.join(fields)}_unique")
    return code("{}.UniqueConstraint(fields=[{}], name={})", MODELS, listed, called)


def _index(called: str, *fields: str) -> Code:
    return code("{}.Index(fields=[{}], name={})", MODELS, ", ".join(map(quoted, fields)), quoted(called))


def _model(
    called: str,
    table: str,
    *fields: Named,
    base: Code = ROW,
    verbose: str = "",
    constraints: tuple[Code, ...] = (),
    indexes: tuple[Code, ...] = (),
) -> Model:
    named = (Named(name="verbose_name", code=Code(quoted(verbose))),) if verbose else ()
    return Model(
        name=called,
        base=base,
        doc="",
        fields=fields,
        options=(Named(name="db_table", code=Code(quoted(table))), *named),
        constraints=constraints,
        indexes=indexes,
    )


HASH, KEY = "max_length=64", "max_length=64"

SESSION = _model(
    "Session",
    "auth_sessions",
    _user("db_index=False"),
    _field("token_hash", "CharField", HASH),
    _field("expires_at", "DateTimeField"),
    indexes=(
        _index("auth_sessions_user_id_index", "user", "id"),
        _index("auth_sessions_expires_at_index", "expires_at", "id"),
    ),
)
API_KEY = _model(
    "ApiKey",
    "auth_keys",
    _user("db_index=False"),
    _field("name", "CharField", "max_length=100"),
    Named(name="roles", code=code("{}.ListField(item={}.CharField())", FIELDS, FIELDS)),
    _field("token_hash", "CharField", HASH),
    verbose="key",
    constraints=(_unique("auth_keys", "token_hash"),),
    indexes=(_index("auth_keys_user_id_index", "user", "id"),),
)
TICKET = _model(
    "Ticket",
    "auth_tickets",
    _field("purpose", "CharField", "max_length=20"),
    _field("email", "EmailField", "max_length=254"),
    _user("null=True", "db_index=False"),
    _field("details", "JSONField"),
    _field("token_hash", "CharField", HASH, "null=True"),
    _field("expires_at", "DateTimeField"),
    constraints=(_unique("auth_tickets", "token_hash"),),
    indexes=(
        _index("auth_tickets_user_id_index", "user", "id"),
        _index("auth_tickets_expires_at_index", "expires_at", "id"),
    ),
)
FAILURE = _model(
    "Failure",
    "auth_failures",
    _field("key", "CharField", KEY),
    indexes=(_index("auth_failures_key", "key", "created_at"),),
)
JOB = _model(
    "Job",
    "background_jobs",
    _field("kind", "CharField", "max_length=50"),
    _field("key", "CharField", "max_length=200", "null=True"),
    _field("payload", "JSONField"),
    _field("state", "CharField", "max_length=9", 'default="queued"'),
    Named(name="due_at", code=code("{}.DateTimeField(default={})", MODELS, name("django.utils.timezone", "now"))),
    _field("attempts", "IntegerField", "default=0"),
    _field("lease", "CharField", "max_length=32", "null=True"),
    _field("error", "CharField", "max_length=500", "null=True"),
    _field("finished_at", "DateTimeField", "null=True"),
    constraints=(
        code(
            '{}.CheckConstraint(condition={}(state__in={}), name="background_jobs_state_choice")',
            MODELS,
            name("django.db.models", "Q"),
            '["queued", "running", "succeeded", "failed", "cancelled"]',
        ),
        _unique("background_jobs", "key"),
    ),
    indexes=(
        _index("background_jobs_due", "state", "due_at"),
        _index("background_jobs_finished", "finished_at", "id"),
    ),
)
IDEMPOTENCY = _model(
    "IdempotencyKey",
    "idempotency_keys",
    _field("key", "CharField", KEY, "primary_key=True", "serialize=False"),
    _field("request", "CharField", "max_length=64"),
    _field("holder", "UUIDField"),
    _field("expires_at", "DateTimeField"),
    _field("status", "IntegerField", "null=True"),
    _field("headers", "JSONField", "null=True"),
    _field("body", "BinaryField", "null=True"),
    base=PLAIN,
    indexes=(_index("idempotency_keys_expires_at", "expires_at"),),
)

HISTORY = _model(
    "HistoryEntry",
    "history",
    _field("entity", "CharField", "max_length=63"),
    _field("row", "CharField", "max_length=36"),
    _field("user", "CharField", "max_length=36", "null=True"),
    _field("action", "CharField", "max_length=63"),
    _field("changes", "JSONField"),
    indexes=(_index("history_of", "entity", "row", "id"),),
)


def tables(design: Design) -> dict[str, tuple[Model, ...]]:
    """By app, what a project has beside the tables of its design."""
    kept = {"history": (HISTORY,)} if any(entity.history for entity in design.entities) else {}
    return {"core": (JOB, IDEMPOTENCY), ACCOUNTS: (SESSION, API_KEY, TICKET, FAILURE), **kept}
