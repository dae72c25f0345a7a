"""Diaries, as they are stored."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Diary(Row):
    __tablename__ = "diaries"

    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    text: Mapped[str] = mapped_column(Characters)
