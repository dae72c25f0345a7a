"""Duties, as they are stored."""

from decimal import Decimal
from typing import Literal

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Exact, Words

DutyLevel = Literal["low", "high"]


class Duty(Row):
    __tablename__ = "duties"
    __table_args__ = (CheckConstraint("level IN ('low', 'high')", name="duties_level_choice", info={"field": "level"}),)

    title: Mapped[str] = mapped_column(Characters(255), default="untitled")
    priority: Mapped[int] = mapped_column(default=3)
    rate: Mapped[Decimal] = mapped_column(Exact(12, 2), default=Decimal("9.50"))
    active: Mapped[bool] = mapped_column(default=True)
    level: Mapped[DutyLevel] = mapped_column(Words(DutyLevel), default="low")
