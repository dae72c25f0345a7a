"""Sites, as they are stored."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Document, Words
from app.models.enums import Level


class Site(Row):
    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("risk IN ('low', 'middle', 'high')", name="sites_risk_choice", info={"field": "risk"}),
    )

    address: Mapped[dict[str, Any]] = mapped_column(Document)
    risk: Mapped[Level] = mapped_column(Words(Level))
