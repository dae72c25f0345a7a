"""What factories of rows have in common, and values as JSON shows them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from factory.django import DjangoModelFactory, DjangoOptions

START = datetime(2100, 1, 15, 8, 30, tzinfo=UTC)
"""A moment that comes after every test."""

numbers = count(1)
"""What tells rows apart that must not agree."""


T = TypeVar("T", bound=Model)


class _Numbered(DjangoOptions):
    def next_sequence(self) -> int:
        return next(numbers)


class Rows(DjangoModelFactory[T]):
    """Makes rows of one kind. Those of all kinds are numbered together, as bodies are."""

    _options_class = _Numbered

    class Meta:
        abstract = True


def sent(value: Any) -> Any:
    """The value as JSON shows it, in bodies and in answers: of a row, its key."""
    match value:
        case Model():
            return sent(value.pk)
        case dict():
            return {key: sent(item) for key, item in value.items()}
        case list() | tuple():
            return [sent(item) for item in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case Decimal() | UUID():
            return str(value)
        case _:
            return value


def _duration(span: timedelta) -> str:
    seconds = f"{span.seconds + span.microseconds / 1_000_000:g}"
    days = f"{span.days}D" if span.days else ""
    return f"P{days}T{seconds}S" if span.seconds or span.microseconds or not span.days else f"P{days}"


def spelled(head: str, alphabet: str, length: int, tail: str, number: int) -> str:
    """A text that spells a number in an alphabet: `spelled("AB-", "0123456789", 3, "", 7)` is `AB-007`."""
    digits = ""
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        digits = alphabet[place] + digits
    return head + digits + tail
