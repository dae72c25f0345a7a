"""Books, as they are stored."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Book(Row):
    __tablename__ = "books"

    title: Mapped[str] = mapped_column(Characters(80))
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id", ondelete="RESTRICT"), index=True)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id", ondelete="RESTRICT"), index=True)
