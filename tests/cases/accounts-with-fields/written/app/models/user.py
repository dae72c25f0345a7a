"""Accounts, as they are stored."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Email, Items, UtcDateTime

Role = Literal["member", "admin"]
UserId = int


class User(Row):
    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email", name="users_email_unique"),)

    email: Mapped[str] = mapped_column(Email)
    name: Mapped[str] = mapped_column(Characters(120))
    roles: Mapped[list[Role]] = mapped_column(Items(Characters()))
    active: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_hash: Mapped[str | None] = mapped_column(Characters(200))
    phone: Mapped[str | None] = mapped_column(Characters(16))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"), index=True)
    badge: Mapped[int] = mapped_column(default=0)
