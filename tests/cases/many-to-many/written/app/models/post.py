"""Posts, as they are stored."""

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Row
from app.core.types import Characters


class Post(Row):
    __tablename__ = "posts"

    title: Mapped[str] = mapped_column(Characters(255))


post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)
