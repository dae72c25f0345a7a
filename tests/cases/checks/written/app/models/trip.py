"""Trips, as they are stored."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, column, or_
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Day, Exact


class Trip(Row):
    __tablename__ = "trips"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="trips_starts_on_ends_on", info={"rule": "starts_on <= ends_on"}),
        CheckConstraint("taken <= seats", name="trips_taken_seats", info={"rule": "taken <= seats"}),
        CheckConstraint(
            or_(column("fee", Exact(12, 2)) == Decimal("0"), column("fee", Exact(12, 2)) >= Decimal("2.5")),
            name="trips_fee",
            info={"rule": "fee == 0 or fee >= 2.5"},
        ),
    )

    starts_on: Mapped[date] = mapped_column(Day)
    ends_on: Mapped[date] = mapped_column(Day)
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    fee: Mapped[Decimal] = mapped_column(Exact(12, 2), default=Decimal("0.00"))
    note: Mapped[str | None] = mapped_column(Characters(255))
