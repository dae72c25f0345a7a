"""Parcels, as they are stored."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.core.types import Exact
from app.core.uuids import UuidRow


class Parcel(UuidRow):
    __tablename__ = "parcels"

    weight: Mapped[Decimal] = mapped_column(Exact(6, 2))
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)


parcel_stops = Table(
    "parcel_stops",
    Base.metadata,
    Column("parcel_id", ForeignKey("parcels.id", ondelete="CASCADE"), primary_key=True),
    Column("stop_id", ForeignKey("stops.id", ondelete="CASCADE"), primary_key=True, index=True),
)
