"""Bodies and answers of people."""

from datetime import datetime
from typing import ClassVar

from app.core.schemas import ABSENT, Answer, Body
from app.models.enums import Level
from app.schemas.values import Address


class PersonCreate(Body):
    """What makes a person."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    home: Address
    work: Address | None = None
    risk: Level = "low"


class PersonReplace(PersonCreate):
    """What a person becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class PersonUpdate(Body):
    """What changes in a person: what is absent stays."""

    read_only: ClassVar = PersonCreate.read_only

    home: Address = ABSENT
    work: Address | None = ABSENT
    risk: Level = ABSENT


class PersonRead(Answer):
    """A person."""

    id: int
    home: Address
    work: Address | None
    risk: Level
    created_at: datetime
    updated_at: datetime
