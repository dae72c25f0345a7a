"""Bodies and answers of offers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, Int


class OfferCreate(Body):
    """What makes an offer."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    seats: Annotated[Int, Field(ge=1, le=500)]
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2, gt=0), EXACT]
    rebate: Annotated[Decimal, Field(max_digits=4, decimal_places=3, ge=0, lt=Decimal("0.750")), EXACT]


class OfferReplace(OfferCreate):
    """What an offer becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class OfferUpdate(Body):
    """What changes in an offer: what is absent stays."""

    read_only: ClassVar = OfferCreate.read_only

    seats: Annotated[Int, Field(ge=1, le=500)] = ABSENT
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2, gt=0), EXACT] = ABSENT
    rebate: Annotated[Decimal, Field(max_digits=4, decimal_places=3, ge=0, lt=Decimal("0.750")), EXACT] = ABSENT


class OfferRead(Answer):
    """An offer."""

    id: int
    seats: int
    price: Decimal
    rebate: Decimal
    created_at: datetime
    updated_at: datetime
