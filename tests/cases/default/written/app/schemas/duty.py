"""Bodies and answers of duties."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, Flag, Int, Text
from app.models.duty import DutyLevel


class DutyCreate(Body):
    """What makes a duty."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    title: Annotated[Text, Field(max_length=255)] = "untitled"
    priority: Int = 3
    rate: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] = Decimal("9.50")
    active: Flag = True
    level: DutyLevel = "low"


class DutyReplace(DutyCreate):
    """What a duty becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class DutyUpdate(Body):
    """What changes in a duty: what is absent stays."""

    read_only: ClassVar = DutyCreate.read_only

    title: Annotated[Text, Field(max_length=255)] = ABSENT
    priority: Int = ABSENT
    rate: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] = ABSENT
    active: Flag = ABSENT
    level: DutyLevel = ABSENT


class DutyRead(Answer):
    """A duty."""

    id: int
    title: str
    priority: int
    rate: Decimal
    active: bool
    level: DutyLevel
    created_at: datetime
    updated_at: datetime
