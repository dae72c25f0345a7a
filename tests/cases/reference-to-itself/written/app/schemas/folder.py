"""Bodies and answers of folders."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Key, Text


class FolderCreate(Body):
    """What makes a folder."""

    read_only: ClassVar = frozenset({"id", "folders", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=80)]
    parent: Key | None = None


class FolderReplace(FolderCreate):
    """What a folder becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class FolderUpdate(Body):
    """What changes in a folder: what is absent stays."""

    read_only: ClassVar = FolderCreate.read_only

    name: Annotated[Text, Field(max_length=80)] = ABSENT
    parent: Key | None = ABSENT


class FolderRead(Answer):
    """A folder. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    name: str
    parent: "int | FolderRead | None"
    created_at: datetime
    updated_at: datetime
    folders: "list[FolderRead]" = ABSENT
