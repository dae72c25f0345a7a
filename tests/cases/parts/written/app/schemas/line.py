"""Bodies and answers of lines, within what they are parts of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, Key, Text


class LineItem(Body):
    """A line within the body of what it is a part of: with `id` it changes, without it is a new one."""

    read_only: ClassVar = frozenset({"invoice", "created_at", "updated_at", "version"})
    needed: ClassVar = ("text", "amount")

    id: Key = ABSENT
    text: Annotated[Text, Field(max_length=255)] = ABSENT
    amount: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] = ABSENT


class LineRead(Answer):
    """A line."""

    id: int
    text: str
    amount: Decimal
    created_at: datetime
    updated_at: datetime
