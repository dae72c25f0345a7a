"""Bodies and answers of counters."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Text


class CounterCreate(Body):
    """What makes a counter."""

    read_only: ClassVar = frozenset({"id", "hits", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=255)]


class CounterReplace(CounterCreate):
    """What a counter becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class CounterUpdate(Body):
    """What changes in a counter: what is absent stays."""

    read_only: ClassVar = CounterCreate.read_only

    name: Annotated[Text, Field(max_length=255)] = ABSENT


class CounterRead(Answer):
    """A counter."""

    id: int
    name: str
    hits: int
    created_at: datetime
    updated_at: datetime
