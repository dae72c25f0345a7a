"""Clicks, the parts of links, as they are stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import UtcDateTime


class Click(Row):
    __tablename__ = "clicks"

    link_id: Mapped[UUID] = mapped_column(
        ForeignKey("links.id", ondelete="CASCADE"), index=True, info={"field": None, "whole": True}
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
