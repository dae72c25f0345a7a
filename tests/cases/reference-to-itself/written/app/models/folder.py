"""Folders, as they are stored."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Folder(Row):
    __tablename__ = "folders"

    name: Mapped[str] = mapped_column(Characters(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id", ondelete="RESTRICT"), index=True)
