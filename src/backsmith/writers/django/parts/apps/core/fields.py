"""Model fields that both databases store, compare, add and sort alike.

SQLite has no exact decimals: there they are whole numbers of the smallest place. Text is compared by code point.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class _ByCodePoint:
    """Text that PostgreSQL compares and sorts as Python does; SQLite does so anyway."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        found: Any = super().db_parameters(connection)  # type: ignore[misc]
        return {**found, "collation": "C"} if connection.vendor == "postgresql" else found


class CharField(_ByCodePoint, models.CharField):
    """Text of at most `max_length` characters."""


class TextField(_ByCodePoint, models.TextField):
    """Text of any length."""


class EmailField(_ByCodePoint, models.EmailField):
    """An address, in lower case."""

    def get_prep_value(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else super().get_prep_value(value)


class DecimalField(models.DecimalField):
    """An exact decimal of at most 18 digits."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "bigint" if connection.vendor == "sqlite" else super().db_type(connection)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if connection.vendor != "sqlite" or value is None or hasattr(value, "as_sql"):
            return super().get_db_prep_value(value, connection, prepared)
        return self.counted(value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return self.get_db_prep_value(value, connection) if not hasattr(value, "as_sql") else value

    def counted(self, value: Any) -> int:
        """How many of the smallest place it is."""
        places = Decimal(1).scaleb(-self.decimal_places)
        return int(Decimal(value).quantize(places, ROUND_HALF_EVEN).scaleb(self.decimal_places))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value).scaleb(-self.decimal_places) if isinstance(value, int) else None

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        return [self.from_db_value] if connection.vendor == "sqlite" else []


class ListField(models.JSONField):
    """A list of plain values, each as `item` would hold it."""

    def __init__(self, *, item: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.item = item or CharField()


def one_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """Choices that are called as they are written."""
    return [(word, word) for word in words]


def no_nul(value: str) -> None:
    """Raises ValidationError for text that no database takes."""
    if "\0" in value:
        raise ValidationError("This is not text without NUL characters.", "format")
