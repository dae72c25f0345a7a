"""Bodies and answers of plates."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Text


class PlateCreate(Body):
    """What makes a plate."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    code: Annotated[Text, Field(max_length=12, pattern="^[A-Z]{1,3}-[0-9]+$")]


class PlateReplace(PlateCreate):
    """What a plate becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class PlateUpdate(Body):
    """What changes in a plate: what is absent stays."""

    read_only: ClassVar = PlateCreate.read_only

    code: Annotated[Text, Field(max_length=12, pattern="^[A-Z]{1,3}-[0-9]+$")] = ABSENT


class PlateRead(Answer):
    """A plate."""

    id: int
    code: str
    created_at: datetime
    updated_at: datetime
