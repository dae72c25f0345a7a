"""Readings, as they are stored."""

from decimal import Decimal

from sqlalchemy import BigInteger, Double
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Exact


class Reading(Row):
    __tablename__ = "readings"

    amount: Mapped[int]
    total: Mapped[int | None] = mapped_column(BigInteger)
    ratio: Mapped[float] = mapped_column(Double)
    weight: Mapped[Decimal] = mapped_column(Exact(8, 3))
    price: Mapped[Decimal | None] = mapped_column(Exact(12, 2))
