"""Logs, as they are stored."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, UtcDateTime


class Log(Row):
    __tablename__ = "logs"
    __table_args__ = (Index("logs_source_at_index", "source", "at"),)

    level: Mapped[int] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Characters(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
