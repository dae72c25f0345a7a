"""Offers, as they are stored."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Exact


class Offer(Row):
    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("seats >= 1", name="offers_seats_min", info={"field": "seats"}),
        CheckConstraint("seats <= 500", name="offers_seats_max", info={"field": "seats"}),
        CheckConstraint("price > 0", name="offers_price_above", info={"field": "price"}),
        CheckConstraint("rebate >= 0", name="offers_rebate_min", info={"field": "rebate"}),
        CheckConstraint(
            column("rebate", Exact(4, 3)) < Decimal("0.750"), name="offers_rebate_below", info={"field": "rebate"}
        ),
    )

    seats: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Exact(12, 2))
    rebate: Mapped[Decimal] = mapped_column(Exact(4, 3))
