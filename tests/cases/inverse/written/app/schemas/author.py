"""Bodies and answers of authors."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Text

if TYPE_CHECKING:
    from app.schemas.book import BookRead


class AuthorCreate(Body):
    """What makes an author."""

    read_only: ClassVar = frozenset({"id", "books", "book_count", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=80)]


class AuthorReplace(AuthorCreate):
    """What an author becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class AuthorUpdate(Body):
    """What changes in an author: what is absent stays."""

    read_only: ClassVar = AuthorCreate.read_only

    name: Annotated[Text, Field(max_length=80)] = ABSENT


class AuthorRead(Answer):
    """An author."""

    id: int
    name: str
    book_count: int
    created_at: datetime
    updated_at: datetime
    books: "list[BookRead]" = ABSENT
