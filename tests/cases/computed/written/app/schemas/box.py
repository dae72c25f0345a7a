"""Bodies and answers of boxes."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, Int


class BoxCreate(Body):
    """What makes a box."""

    read_only: ClassVar = frozenset(
        {"id", "area", "total", "number", "weight", "is_old", "is_large", "created_at", "updated_at", "version"}
    )

    width: Int
    height: Int
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT]
    pieces: Int


class BoxReplace(BoxCreate):
    """What a box becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class BoxUpdate(Body):
    """What changes in a box: what is absent stays."""

    read_only: ClassVar = BoxCreate.read_only

    width: Int = ABSENT
    height: Int = ABSENT
    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] = ABSENT
    pieces: Int = ABSENT


class BoxRead(Answer):
    """A box."""

    id: int
    width: int
    height: int
    price: Decimal
    pieces: int
    area: int
    total: Decimal
    number: int
    weight: Decimal
    is_old: bool
    is_large: bool
    created_at: datetime
    updated_at: datetime
