"""The first tables of case, on PostgreSQL and on SQLite."""

from decimal import Decimal

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
    Uuid,
    column,
    or_,
)

from app.core.types import Characters, Day, Document, Email, Exact, Items, UtcDateTime, Words

revision = "3b8ccbdf0b4d"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

KEY = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows up in whole numbers only."""


def upgrade() -> None:
    op.create_table(
        "users",
        Column("id", KEY, Identity(), nullable=False),
        Column("email", Email(), nullable=False),
        Column("name", Characters(120), nullable=False),
        Column("roles", Items(Words(("member", "admin"))), nullable=False),
        Column("active", Boolean(), nullable=False),
        Column("verified_at", UtcDateTime(), nullable=True),
        Column("password_hash", Characters(200), nullable=True),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="users_pk"),
        UniqueConstraint("email", name="users_email_unique"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "trips",
        Column("id", KEY, Identity(), nullable=False),
        Column("starts_on", Day(), nullable=False),
        Column("ends_on", Day(), nullable=False),
        Column("seats", Integer(), nullable=False),
        Column("taken", Integer(), nullable=False),
        Column("fee", Exact(12, 2), nullable=False),
        Column("note", Characters(255), nullable=True),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="trips_pk"),
        CheckConstraint("starts_on <= ends_on", name="trips_starts_on_ends_on"),
        CheckConstraint("taken <= seats", name="trips_taken_seats"),
        CheckConstraint(
            or_(column("fee", Exact(12, 2)) == Decimal("0"), column("fee", Exact(12, 2)) >= Decimal("2.5")),
            name="trips_fee",
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "auth_sessions",
        Column("id", KEY, Identity(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("token_hash", Characters(64), nullable=False),
        Column("expires_at", UtcDateTime(), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="auth_sessions_pk"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="auth_sessions_user_id_fk", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("auth_sessions_user_id_index", "auth_sessions", ["user_id", "id"])
    op.create_index("auth_sessions_expires_at_index", "auth_sessions", ["expires_at", "id"])
    op.create_table(
        "auth_keys",
        Column("id", KEY, Identity(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("name", Characters(100), nullable=False),
        Column("roles", Items(Characters()), nullable=False),
        Column("token_hash", Characters(64), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="auth_keys_pk"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="auth_keys_user_id_fk", ondelete="CASCADE"),
        UniqueConstraint("token_hash", name="auth_keys_token_hash_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("auth_keys_user_id_index", "auth_keys", ["user_id", "id"])
    op.create_table(
        "auth_tickets",
        Column("id", KEY, Identity(), nullable=False),
        Column("purpose", Characters(20), nullable=False),
        Column("email", Email(), nullable=False),
        Column("user_id", KEY, nullable=True),
        Column("details", Document(), nullable=False),
        Column("token_hash", Characters(64), nullable=True),
        Column("expires_at", UtcDateTime(), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="auth_tickets_pk"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="auth_tickets_user_id_fk", ondelete="CASCADE"),
        UniqueConstraint("token_hash", name="auth_tickets_token_hash_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("auth_tickets_user_id_index", "auth_tickets", ["user_id", "id"])
    op.create_index("auth_tickets_expires_at_index", "auth_tickets", ["expires_at", "id"])
    op.create_table(
        "auth_failures",
        Column("id", KEY, Identity(), nullable=False),
        Column("key", Characters(64), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="auth_failures_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("auth_failures_key", "auth_failures", ["key", "created_at"])
    op.create_table(
        "background_jobs",
        Column("id", KEY, Identity(), nullable=False),
        Column("kind", Characters(50), nullable=False),
        Column("key", Characters(200), nullable=True),
        Column("payload", Document(), nullable=False),
        Column("state", Characters(9), nullable=False),
        Column("due_at", UtcDateTime(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("lease", Characters(32), nullable=True),
        Column("error", Characters(500), nullable=True),
        Column("finished_at", UtcDateTime(), nullable=True),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="background_jobs_pk"),
        CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="background_jobs_state_choice"
        ),
        UniqueConstraint("key", name="background_jobs_key_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("background_jobs_finished_at_index", "background_jobs", ["finished_at", "id"])
    op.create_index("background_jobs_due", "background_jobs", ["state", "due_at"])
    op.create_table(
        "idempotency_keys",
        Column("key", Characters(64), nullable=False),
        Column("request", Characters(64), nullable=False),
        Column("holder", Uuid(), nullable=False),
        Column("expires_at", UtcDateTime(), nullable=False),
        Column("status", Integer(), nullable=True),
        Column("headers", Document(), nullable=True),
        Column("body", LargeBinary(), nullable=True),
        PrimaryKeyConstraint("key", name="idempotency_keys_pk"),
    )
    op.create_index("idempotency_keys_expires_at_index", "idempotency_keys", ["expires_at"])


def downgrade() -> None:
    op.drop_table("idempotency_keys")
    op.drop_table("background_jobs")
    op.drop_table("auth_failures")
    op.drop_table("auth_tickets")
    op.drop_table("auth_keys")
    op.drop_table("auth_sessions")
    op.drop_table("trips")
    op.drop_table("users")
