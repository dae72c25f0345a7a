"""Bodies and answers of claims."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import EXACT, Answer, Body, Text
from app.models.claim import ClaimState


class ClaimCreate(Body):
    """What makes a claim."""

    read_only: ClassVar = frozenset({"id", "state", "paid", "reason", "created_at", "updated_at", "version"})


class ClaimReplace(ClaimCreate):
    """What a claim becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ClaimUpdate(Body):
    """What changes in a claim: what is absent stays."""

    read_only: ClassVar = ClaimCreate.read_only


class SettleClaim(Body):
    """What is sent to settle a claim."""

    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0), EXACT]
    reason: Annotated[Text, Field(max_length=200)]


class ClaimRead(Answer):
    """A claim."""

    id: int
    state: ClaimState
    paid: Decimal
    reason: str | None
    created_at: datetime
    updated_at: datetime
