"""What sign-ins, API keys and mailed links leave in the database: never a secret, always its hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Document, Email, Items, UtcDateTime
from app.models.user import User, UserId


class Session(Row):
    """One sign-in: a family of refresh tokens, of which one is good at a time."""

    __tablename__ = "auth_sessions"

    user_id: Mapped[UserId] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(Characters(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ApiKey(Row):
    """A key with which a program calls in the name of an account, with some of its roles."""

    __tablename__ = "auth_keys"
    __table_args__ = (UniqueConstraint("token_hash", name="auth_keys_token_hash_unique"),)

    user_id: Mapped[UserId] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Characters(100))
    roles: Mapped[list[str]] = mapped_column(Items(Characters()))
    token_hash: Mapped[str] = mapped_column(Characters(64))


class Ticket(Row):
    """What a mailed link may do, once. Without a hash it was not mailed yet."""

    __tablename__ = "auth_tickets"
    __table_args__ = (UniqueConstraint("token_hash", name="auth_tickets_token_hash_unique"),)

    purpose: Mapped[str] = mapped_column(Characters(20))
    email: Mapped[str] = mapped_column(Email)
    user_id: Mapped[UserId | None] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(Document)
    token_hash: Mapped[str | None] = mapped_column(Characters(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Failure(Row):
    """A password that was not right: `key` says from where, and for which account, without telling either."""

    __tablename__ = "auth_failures"
    __table_args__ = (Index("auth_failures_key", "key", "created_at"),)

    key: Mapped[str] = mapped_column(Characters(64))
