"""Bodies and answers of posts."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Keys, Text
from app.schemas.tag import TagRead


class PostCreate(Body):
    """What makes a post."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    title: Annotated[Text, Field(max_length=255)]
    tags: Keys = []


class PostReplace(PostCreate):
    """What a post becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class PostUpdate(Body):
    """What changes in a post: what is absent stays."""

    read_only: ClassVar = PostCreate.read_only

    title: Annotated[Text, Field(max_length=255)] = ABSENT
    tags: Keys = ABSENT


class PostRead(Answer):
    """A post."""

    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    tags: list[TagRead] = ABSENT
