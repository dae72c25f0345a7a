"""Bodies and answers of items."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Flag, Int, Text, UuidText
from app.core.values import JsonValue


class ItemCreate(Body):
    """What makes an item."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    active: Flag = True
    key: UuidText
    extra: JsonValue | None = None
    labels: Annotated[list[Text], Field(max_length=1000)]
    sizes: Annotated[list[Int], Field(max_length=1000)] | None = None


class ItemReplace(ItemCreate):
    """What an item becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ItemUpdate(Body):
    """What changes in an item: what is absent stays."""

    read_only: ClassVar = ItemCreate.read_only

    active: Flag = ABSENT
    key: UuidText = ABSENT
    extra: JsonValue | None = ABSENT
    labels: Annotated[list[Text], Field(max_length=1000)] = ABSENT
    sizes: Annotated[list[Int], Field(max_length=1000)] | None = ABSENT


class ItemRead(Answer):
    """An item."""

    id: int
    active: bool
    key: UUID
    extra: Any | None
    labels: list[str]
    sizes: list[int] | None
    created_at: datetime
    updated_at: datetime
