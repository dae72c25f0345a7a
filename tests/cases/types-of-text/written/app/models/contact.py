"""Contacts, as they are stored."""

from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, Email, Ip


class Contact(Row):
    __tablename__ = "contacts"

    name: Mapped[str] = mapped_column(Characters(255))
    nick: Mapped[str | None] = mapped_column(Characters(20))
    about: Mapped[str | None] = mapped_column(Characters)
    mail: Mapped[str | None] = mapped_column(Email)
    site: Mapped[str | None] = mapped_column(Characters(2048))
    slug: Mapped[str] = mapped_column(Characters(100))
    phone: Mapped[str | None] = mapped_column(Characters(16))
    address: Mapped[str | None] = mapped_column(Ip)
