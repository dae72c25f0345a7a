"""The time, as queries ask for it: while one is planned, whatever it is when its statement runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, DateTimeField, Expression, Value
from django.utils import timezone

from apps.core.statements import Given, Values


class At(Given):
    """The moment of a request, or its day, and so much later."""

    def __init__(self, later: timedelta = timedelta(), *, day: bool = False) -> None:
        super().__init__("moment", DateField() if day else DateTimeField())
        self.later, self.day = later, day

    def __add__(self, span: Any) -> Any:
        return At(self.later + span, day=self.day)

    def __sub__(self, span: Any) -> Any:
        return At(self.later - span, day=self.day)

    @staticmethod
    def of(moment: "date | At") -> Expression:
        """A moment or a day, as queries have it."""
        return moment if isinstance(moment, At) else Value(moment)

    def date(self) -> "At":
        """The day."""
        return At(day=True)

    def bound(self, values: Values) -> list[Any]:
        moment: datetime = values["moment"]
        return super().bound({"moment": (moment.date() if self.day else moment) + self.later})


class _Thread(threading.local):
    plans = False


_THREAD = _Thread()


@contextmanager
def planning() -> Iterator[None]:
    """What asks for the time meanwhile is for any moment."""
    before, _THREAD.plans = _THREAD.plans, True
    try:
        yield
    finally:
        _THREAD.plans = before


def now() -> Any:
    """The time, in UTC."""
    return At() if _THREAD.plans else timezone.now()
