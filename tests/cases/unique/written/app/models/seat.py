"""Seats, as they are stored."""

from typing import Literal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Words

SeatState = Literal["free", "taken"]


class Seat(Row):
    __tablename__ = "seats"
    __table_args__ = (
        CheckConstraint("state IN ('free', 'taken')", name="seats_state_choice", info={"field": "state"}),
        UniqueConstraint("code", name="seats_code_unique"),
        UniqueConstraint("hall", "row", name="seats_hall_row_unique"),
        Index(
            "seats_hall_code_unique",
            "hall",
            "code",
            unique=True,
            postgresql_where=text("state = 'taken'"),
            sqlite_where=text("state = 'taken'"),
        ),
    )

    code: Mapped[str] = mapped_column(Characters(10))
    hall: Mapped[str] = mapped_column(Characters(10))
    row: Mapped[int]
    state: Mapped[SeatState] = mapped_column(Words(SeatState), default="free")
