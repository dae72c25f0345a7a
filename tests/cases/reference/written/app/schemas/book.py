"""Bodies and answers of books."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Key, Text
from app.schemas.author import AuthorRead


class BookCreate(Body):
    """What makes a book."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    title: Annotated[Text, Field(max_length=80)]
    author: Key
    editor: Key | None = None


class BookReplace(BookCreate):
    """What a book becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class BookUpdate(Body):
    """What changes in a book: what is absent stays."""

    read_only: ClassVar = BookCreate.read_only

    title: Annotated[Text, Field(max_length=80)] = ABSENT
    author: Key = ABSENT
    editor: Key | None = ABSENT


class BookRead(Answer):
    """A book. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    title: str
    author: int | AuthorRead | None
    editor: int | AuthorRead | None
    created_at: datetime
    updated_at: datetime
