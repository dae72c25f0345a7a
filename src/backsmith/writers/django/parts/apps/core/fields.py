"""Model fields that both databases store, compare, add and sort alike.

SQLite has no exact decimals: there they are whole numbers of the smallest place. Text is compared by code point.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

# Django's fields are generic for type checkers alone, and say what they hold by themselves.
# mypy: disable-error-code="type-arg"

LONGEST = 63  # bytes of an identifier in PostgreSQL
ON_DELETE: dict[Any, str] = {models.RESTRICT: "RESTRICT", models.CASCADE: "CASCADE", models.SET_NULL: "SET NULL"}


class ForeignKey(models.ForeignKey):
    """A reference that the database keeps by itself: what `on_delete` says is written into the table.

    Its index is among those of the table, with the id. On SQLite Django writes a constraint of its own too, which tells
    it to make the table anew where the column goes.
    """

    def __init__(self, to: Any, on_delete: Any, **options: Any) -> None:
        own = {"db_constraint": connection.vendor == "sqlite", "db_index": False}
        super().__init__(to, on_delete, **{**options, **own})

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        own = {key: value for key, value in options.items() if key not in ("db_constraint", "db_index")}
        return name, path, arguments, own

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str:
        """What stands behind the type of the column."""
        quoted: Callable[[Any], str] = connection.ops.quote_name
        constraint = truncate_name(f"{self.model._meta.db_table}_{self.column}_fk", LONGEST)
        target = f"{quoted(self.target_field.model._meta.db_table)} ({quoted(self.target_field.column)})"
        action = ON_DELETE[self.remote_field.on_delete]
        return f"CONSTRAINT {quoted(constraint)} REFERENCES {target} ON DELETE {action}"


class _ByCodePoint:
    """Text that PostgreSQL compares and sorts as Python does; SQLite does so anyway."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        found: Any = super().db_parameters(connection)  # type: ignore[misc]
        return {**found, "collation": "C"} if connection.vendor == "postgresql" else found


class CharField(_ByCodePoint, models.CharField):
    """Text of at most `max_length` characters."""


class TextField(_ByCodePoint, models.TextField):
    """Text of any length."""

    def formfield(self, **options: Any) -> Any:
        """Its field in a form, where nothing is null, as it is of the shorter texts."""
        return super().formfield(**{"empty_value": None if self.null else "", **options})


class EmailField(_ByCodePoint, models.EmailField):
    """An address, in lower case."""

    def get_prep_value(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else super().get_prep_value(value)


class DecimalField(models.DecimalField):
    """An exact decimal of at most 18 digits."""

    def get_internal_type(self) -> str:
        return "ExactDecimalField"  # so that no backend takes what SQLite counts for what it is worth

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bigint" if connection.vendor == "sqlite" else f"numeric({self.max_digits}, {self.decimal_places})"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        found = value if prepared else self.get_prep_value(value)
        if connection.vendor != "sqlite" or found is None or hasattr(found, "as_sql"):
            return found
        places = Decimal(1).scaleb(-self.decimal_places)
        return int(Decimal(found).quantize(places, ROUND_HALF_EVEN).scaleb(self.decimal_places))

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        return [self._of_count] if connection.vendor == "sqlite" else []

    def _of_count(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        # A float is a whole number that has outgrown 64 bits.
        return Decimal(value).scaleb(-self.decimal_places) if isinstance(value, int) else None


class ListField(models.JSONField):
    """A list of plain values, each as `item` would hold it."""

    def __init__(self, *, item: Any, **options: Any) -> None:
        super().__init__(**options)
        self.item = item

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self.item.set_attributes_from_name(name)
        self.item.model = cls

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, {**options, "item": self.item}


def one_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """Choices that are called as they are written."""
    return [(word, word) for word in words]


def no_nul(value: str) -> None:
    """Raises ValidationError for text that no database takes."""
    if "\0" in value:
        raise ValidationError("This is not text without NUL characters.", "format")
