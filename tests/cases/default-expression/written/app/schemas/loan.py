"""Bodies and answers of loans."""

from datetime import date, datetime
from typing import ClassVar

from app.core.schemas import ABSENT, Answer, Body, Day


class LoanCreate(Body):
    """What makes a loan."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    taken_on: Day = ABSENT
    due_on: Day = ABSENT


class LoanReplace(LoanCreate):
    """What a loan becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class LoanUpdate(Body):
    """What changes in a loan: what is absent stays."""

    read_only: ClassVar = LoanCreate.read_only

    taken_on: Day = ABSENT
    due_on: Day = ABSENT


class LoanRead(Answer):
    """A loan."""

    id: int
    taken_on: date
    due_on: date
    created_at: datetime
    updated_at: datetime
