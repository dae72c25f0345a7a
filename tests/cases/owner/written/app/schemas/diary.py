"""Bodies and answers of diaries."""

from datetime import datetime
from typing import ClassVar

from app.core.schemas import ABSENT, Answer, Body, Key, Text
from app.schemas.user import UserRead


class DiaryCreate(Body):
    """What makes a diary. `author` is the caller; an admin may send another."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    author: Key = ABSENT
    text: Text


class DiaryReplace(DiaryCreate):
    """What a diary becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class DiaryUpdate(Body):
    """What changes in a diary: what is absent stays."""

    read_only: ClassVar = DiaryCreate.read_only

    author: Key = ABSENT
    text: Text = ABSENT


class DiaryRead(Answer):
    """A diary. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    author: int | UserRead | None
    text: str
    created_at: datetime
    updated_at: datetime
