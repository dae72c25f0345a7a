"""Bodies and answers of employees."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, EXACT, Answer, Body, Key, Text
from app.schemas.user import UserRead


class EmployeeCreate(Body):
    """What makes an employee. `account` is the caller; an admin may send another."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    name: Annotated[Text, Field(max_length=255)]
    salary: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT]
    account: Key = ABSENT


class EmployeeReplace(EmployeeCreate):
    """What an employee becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class EmployeeUpdate(Body):
    """What changes in an employee: what is absent stays."""

    read_only: ClassVar = EmployeeCreate.read_only

    name: Annotated[Text, Field(max_length=255)] = ABSENT
    salary: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT] = ABSENT
    account: Key = ABSENT


class EmployeeRead(Answer):
    """An employee. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    name: str
    salary: Decimal | None = ABSENT
    account: int | UserRead | None
    created_at: datetime
    updated_at: datetime
