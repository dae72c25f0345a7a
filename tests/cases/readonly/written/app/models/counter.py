"""Counters, as they are stored."""

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Counter(Row):
    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(Characters(255))
    hits: Mapped[int] = mapped_column(default=0)
