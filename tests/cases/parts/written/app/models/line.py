"""Lines, the parts of invoices, as they are stored."""

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Exact


class Line(Row):
    __tablename__ = "lines"

    invoice_id: Mapped[int] = mapped_column(
        ForeignKey("invoices.id", ondelete="CASCADE"), index=True, info={"field": None, "whole": True}
    )
    text: Mapped[str] = mapped_column(Characters(255))
    amount: Mapped[Decimal] = mapped_column(Exact(12, 2))
