"""Memberships, as they are stored."""

from typing import Literal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Items, Words


class Membership(Row):
    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "company_id", name="memberships_user_company_unique"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    roles: Mapped[list[Literal["worker"]]] = mapped_column(Items(Words(("worker",))))
