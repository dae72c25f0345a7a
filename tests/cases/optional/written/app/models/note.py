"""Notes, as they are stored."""

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Note(Row):
    __tablename__ = "notes"

    title: Mapped[str] = mapped_column(Characters(80))
    body: Mapped[str | None] = mapped_column(Characters)
    pinned: Mapped[bool | None]
