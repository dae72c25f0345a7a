"""Links, as they are stored."""

from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Characters
from app.core.uuids import UuidRow


class Link(UuidRow):
    __tablename__ = "links"

    url: Mapped[str] = mapped_column(Characters(2048))
