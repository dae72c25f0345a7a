"""Files, as they are stored."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, UtcDateTime


class File(Row):
    __tablename__ = "files"
    __table_args__ = (
        Index(
            "files_name_unique",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(Characters(80))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
