"""Bookings, as they are stored."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import UtcDateTime, Words

BookingState = Literal[
    "asked_for",
    "waiting_for_an_answer",
    "agreed_upon",
    "paid_in_advance",
    "refused_by_the_owner",
    "cancelled_by_the_guest",
]


class Booking(Row):
    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(
            "state IN ('asked_for', 'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance', "
            "'refused_by_the_owner', 'cancelled_by_the_guest')",
            name="bookings_state_choice",
            info={"field": "state"},
        ),
        CheckConstraint(
            "(NOT (state IN ('refused_by_the_owner', 'cancelled_by_the_guest', 'waiting_for_an_answer')) OR NOT "
            "(provisional))",
            name="bookings_settled",
            info={
                "rule": (
                    "state not in ('refused_by_the_owner', 'cancelled_by_the_guest', 'waiting_for_an_answer') or not "
                    "provisional"
                )
            },
        ),
        CheckConstraint("starts_at < ends_at", name="bookings_starts_at_ends_at_order", info={"field": "ends_at"}),
        ExcludeConstraint(
            ("room_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="bookings_room_starts_at_overlap",
            using="gist",
            where=text(
                "state IN ('asked_for', 'waiting_for_an_answer', 'agreed_upon', 'paid_in_advance') AND NOT "
                "(provisional)"
            ),
            info={"field": "starts_at"},
        ).ddl_if(dialect="postgresql"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[BookingState] = mapped_column(Words(BookingState), default="asked_for")
    provisional: Mapped[bool] = mapped_column(default=False)
