"""Bodies and answers of readings."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, BigInt, Body, Float, Int


class ReadingCreate(Body):
    """What makes a reading."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    amount: Int
    total: BigInt | None = None
    ratio: Float
    weight: Annotated[Decimal, Field(max_digits=8, decimal_places=3), EXACT]
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] | None = None


class ReadingReplace(ReadingCreate):
    """What a reading becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ReadingUpdate(Body):
    """What changes in a reading: what is absent stays."""

    read_only: ClassVar = ReadingCreate.read_only

    amount: Int = ABSENT
    total: BigInt | None = ABSENT
    ratio: Float = ABSENT
    weight: Annotated[Decimal, Field(max_digits=8, decimal_places=3), EXACT] = ABSENT
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] | None = ABSENT


class ReadingRead(Answer):
    """A reading."""

    id: int
    amount: int
    total: int | None
    ratio: float
    weight: Decimal
    price: Decimal | None
    created_at: datetime
    updated_at: datetime
