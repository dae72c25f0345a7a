"""Items, as they are stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Document, Items


class Item(Row):
    __tablename__ = "items"

    active: Mapped[bool] = mapped_column(default=True)
    key: Mapped[UUID]
    extra: Mapped[Any | None] = mapped_column(Document)
    labels: Mapped[list[str]] = mapped_column(Items(Characters(255)))
    sizes: Mapped[list[int] | None] = mapped_column(Items(Integer()))
