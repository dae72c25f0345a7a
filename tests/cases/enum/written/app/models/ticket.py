"""Tickets, as they are stored."""

from typing import Literal

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Words

TicketState = Literal["open", "closed", "on-hold"]
TicketKind = Literal["bug", "wish"]


class Ticket(Row):
    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'on-hold')", name="tickets_state_choice", info={"field": "state"}),
        CheckConstraint("kind IN ('bug', 'wish')", name="tickets_kind_choice", info={"field": "kind"}),
    )

    state: Mapped[TicketState] = mapped_column(Words(TicketState), default="open")
    kind: Mapped[TicketKind | None] = mapped_column(Words(TicketKind))
