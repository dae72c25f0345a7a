"""People, as they are stored."""

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Row
from app.core.types import Characters


class Person(Row):
    __tablename__ = "people"

    name: Mapped[str] = mapped_column(Characters(255))


person_friends = Table(
    "person_friends",
    Base.metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("other_person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
)
