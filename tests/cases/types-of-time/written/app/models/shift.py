"""Shifts, as they are stored."""

import datetime as dt
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Day, Span, UtcDateTime


class Shift(Row):
    __tablename__ = "shifts"

    date: Mapped[dt.date] = mapped_column(Day)
    starts: Mapped[time]
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lasts: Mapped[timedelta | None] = mapped_column(Span)
    ends_on: Mapped[dt.date | None] = mapped_column(Day)
