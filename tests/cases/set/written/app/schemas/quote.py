"""Bodies and answers of quotes."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from app.core.schemas import Answer, Body, Key
from app.schemas.rate import RateRead


class QuoteCreate(Body):
    """What makes a quote."""

    read_only: ClassVar = frozenset({"id", "value", "made_at", "created_at", "updated_at", "version"})

    rate: Key


class QuoteReplace(Body):
    """What a quote becomes: what is absent returns to its default."""

    read_only: ClassVar = frozenset({"id", "rate", "value", "made_at", "created_at", "updated_at", "version"})
    replaces: ClassVar = True


class QuoteUpdate(Body):
    """What changes in a quote: what is absent stays."""

    read_only: ClassVar = QuoteReplace.read_only


class QuoteRead(Answer):
    """A quote. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    rate: int | RateRead | None
    value: Decimal
    made_at: datetime
    created_at: datetime
    updated_at: datetime
