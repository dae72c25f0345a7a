"""Bodies and answers of parcels."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, UuidKey, UuidKeys
from app.schemas.stop import StopRead
from app.schemas.user import UserRead


class ParcelCreate(Body):
    """What makes a parcel."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    weight: Annotated[Decimal, Field(max_digits=6, decimal_places=2), EXACT]
    sender: UuidKey
    stops: UuidKeys = []


class ParcelReplace(ParcelCreate):
    """What a parcel becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ParcelUpdate(Body):
    """What changes in a parcel: what is absent stays."""

    read_only: ClassVar = ParcelCreate.read_only

    weight: Annotated[Decimal, Field(max_digits=6, decimal_places=2), EXACT] = ABSENT
    sender: UuidKey = ABSENT
    stops: UuidKeys = ABSENT


class ParcelRead(Answer):
    """A parcel. A reference is an id, or what it names where that was expanded, or null."""

    id: UUID
    weight: Decimal
    sender: UUID | UserRead | None
    created_at: datetime
    updated_at: datetime
    stops: list[StopRead] = ABSENT
