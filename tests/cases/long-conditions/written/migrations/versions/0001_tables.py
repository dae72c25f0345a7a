"""The first tables of case, on PostgreSQL and on SQLite."""

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
)

from app.core.types import Characters, Document, Email, Items, UtcDateTime, Words

revision = "014b9430dd7c"
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
        "rooms",
        Column("id", KEY, Identity(), nullable=False),
        Column("name", Characters(255), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="rooms_pk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bookings",
        Column("id", KEY, Identity(), nullable=False),
        Column("room_id", KEY, nullable=False),
        Column("starts_at", UtcDateTime(), nullable=False),
        Column("ends_at", UtcDateTime(), nullable=False),
        Column(
            "state",
            Words(
                (
                    "asked_for",
                    "waiting_for_an_answer",
                    "agreed_upon",
                    "paid_in_advance",
                    "refused_by_the_owner",
                    "cancelled_by_the_guest",
                )
            ),
            nullable=False,
        ),
        Column("provisional", Boolean(), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
        Column("version", Integer(), nullable=False),
        PrimaryKeyConstraint("id", name="bookings_pk"),
        ForeignKeyConstraint(["room_id"], ["rooms.id"], name="bookings_room_id_fk", ondelete="RESTRICT"),
        CheckConstraint(
            "state IN ('asked_for', 'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance', "
            "'refused_by_the_owner', 'cancelled_by_the_guest')",
            name="bookings_state_choice",
        ),
        CheckConstraint(
            "(NOT (state IN ('refused_by_the_owner', 'cancelled_by_the_guest', 'waiting_for_an_answer')) OR NOT "
            "(provisional))",
            name="bookings_settled",
        ),
        CheckConstraint("starts_at < ends_at", name="bookings_starts_at_ends_at_order"),
        sqlite_autoincrement=True,
    )
    op.create_index("bookings_room_id_index", "bookings", ["room_id", "id"])
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
    if op.get_context().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def downgrade() -> None:
    op.drop_table("idempotency_keys")
    op.drop_table("background_jobs")
    op.drop_table("auth_failures")
    op.drop_table("auth_tickets")
    op.drop_table("auth_keys")
    op.drop_table("auth_sessions")
    op.drop_table("bookings")
    op.drop_table("rooms")
    op.drop_table("users")


def _upgrade_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        """
        ALTER TABLE bookings ADD CONSTRAINT bookings_room_starts_at_overlap
        EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ('asked_for',
            'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance') AND NOT (provisional))
        """
    )


def _upgrade_sqlite() -> None:
    op.execute(
        """
        CREATE TRIGGER bookings_room_starts_at_overlap_insert AFTER INSERT ON bookings
        WHEN EXISTS (SELECT 1 FROM bookings WHERE id = NEW.id AND state IN ('asked_for', 'waiting_for_an_answer',
            'agreed_upon', 'paid_in_advance') AND NOT (provisional))
        BEGIN
            SELECT RAISE(ABORT, 'bookings_room_starts_at_overlap')
            FROM bookings
            WHERE id != NEW.id
                AND room_id = NEW.room_id
                AND starts_at < NEW.ends_at
                AND NEW.starts_at < ends_at
                AND state IN ('asked_for', 'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance') AND NOT
                    (provisional);
        END
        """
    )
    op.execute(
        """
        CREATE TRIGGER bookings_room_starts_at_overlap_update AFTER UPDATE ON bookings
        WHEN EXISTS (SELECT 1 FROM bookings WHERE id = NEW.id AND state IN ('asked_for', 'waiting_for_an_answer',
            'agreed_upon', 'paid_in_advance') AND NOT (provisional))
        BEGIN
            SELECT RAISE(ABORT, 'bookings_room_starts_at_overlap')
            FROM bookings
            WHERE id != NEW.id
                AND room_id = NEW.room_id
                AND starts_at < NEW.ends_at
                AND NEW.starts_at < ends_at
                AND state IN ('asked_for', 'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance') AND NOT
                    (provisional);
        END
        """
    )
