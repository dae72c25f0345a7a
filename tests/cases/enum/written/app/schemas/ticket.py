"""Bodies and answers of tickets."""

from datetime import datetime
from typing import ClassVar

from app.core.schemas import ABSENT, Answer, Body
from app.models.ticket import TicketKind, TicketState


class TicketCreate(Body):
    """What makes a ticket."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    state: TicketState = "open"
    kind: TicketKind | None = None


class TicketReplace(TicketCreate):
    """What a ticket becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class TicketUpdate(Body):
    """What changes in a ticket: what is absent stays."""

    read_only: ClassVar = TicketCreate.read_only

    state: TicketState = ABSENT
    kind: TicketKind | None = ABSENT


class TicketRead(Answer):
    """A ticket."""

    id: int
    state: TicketState
    kind: TicketKind | None
    created_at: datetime
    updated_at: datetime
