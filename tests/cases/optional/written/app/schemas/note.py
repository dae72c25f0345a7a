"""Bodies and answers of notes."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Flag, Text


class NoteCreate(Body):
    """What makes a note."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    title: Annotated[Text, Field(max_length=80)]
    body: Text | None = None
    pinned: Flag | None = None


class NoteReplace(NoteCreate):
    """What a note becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class NoteUpdate(Body):
    """What changes in a note: what is absent stays."""

    read_only: ClassVar = NoteCreate.read_only

    title: Annotated[Text, Field(max_length=80)] = ABSENT
    body: Text | None = ABSENT
    pinned: Flag | None = ABSENT


class NoteRead(Answer):
    """A note."""

    id: int
    title: str
    body: str | None
    pinned: bool | None
    created_at: datetime
    updated_at: datetime
