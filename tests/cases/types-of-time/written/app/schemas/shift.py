"""Bodies and answers of shifts."""

import datetime as dt
from datetime import datetime, time, timedelta
from typing import ClassVar

from app.core.schemas import ABSENT, Answer, Body, Clock, Day, Span, UtcMoment


class ShiftCreate(Body):
    """What makes a shift."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    date: Day
    starts: Clock
    begins_at: UtcMoment
    lasts: Span | None = None
    ends_on: Day | None = None


class ShiftReplace(ShiftCreate):
    """What a shift becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ShiftUpdate(Body):
    """What changes in a shift: what is absent stays."""

    read_only: ClassVar = ShiftCreate.read_only

    date: Day = ABSENT
    starts: Clock = ABSENT
    begins_at: UtcMoment = ABSENT
    lasts: Span | None = ABSENT
    ends_on: Day | None = ABSENT


class ShiftRead(Answer):
    """A shift."""

    id: int
    date: dt.date
    starts: time
    begins_at: datetime
    lasts: timedelta | None
    ends_on: dt.date | None
    created_at: datetime
    updated_at: datetime
