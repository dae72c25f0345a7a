"""How values are stored, so that both databases compare, add and sort them alike.

SQLite has neither decimals nor moments: there they are whole numbers, of the smallest place and of microseconds.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypeVar, get_args

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Interval, Numeric, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_ZERO = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)


class _Counted(TypeDecorator[T]):
    """What SQLite keeps as a whole number, its `count`, and PostgreSQL as a type of its own."""

    count: Callable[[Any], Any]
    value: Callable[[Any], Any]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else self.impl_instance)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _unless_null(self.count) if dialect.name == "sqlite" else super().bind_processor(dialect)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return (
            (lambda value: str(self.count(value))) if dialect.name == "sqlite" else super().literal_processor(dialect)
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _unless_null(self.value) if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return Span() if isinstance(value, timedelta) else self


def _unless_null(process: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else process(value)


class Exact(_Counted[Decimal]):
    """A decimal of `precision` digits, at most 18, `scale` of them after the point."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale, self.most, self.place = (
            precision,
            scale,
            10**precision - 1,
            Decimal(1).scaleb(-scale),
        )

    def count(self, value: Any) -> int:
        return int(Decimal(value).quantize(self.place, ROUND_HALF_EVEN).scaleb(self.scale))

    def value(self, count: Any) -> Decimal | None:
        return Decimal(count).scaleb(-self.scale) if isinstance(count, int) else None  # a float has outgrown 64 bits


class UtcDateTime(_Counted[datetime]):
    """An aware moment in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True
    count = staticmethod(lambda moment: (moment - EPOCH) // MICROSECOND)
    value = staticmethod(lambda count: EPOCH + timedelta(microseconds=count))


class Day(_Counted[date]):
    """A day of the calendar."""

    impl = Date
    cache_ok = True
    count = staticmethod(lambda day: day.toordinal() - DAY_ZERO)
    value = staticmethod(lambda count: date.fromordinal(count + DAY_ZERO))


class Span(_Counted[timedelta]):
    """A length of time."""

    impl = Interval
    cache_ok = True
    count = staticmethod(lambda span: span // MICROSECOND)
    value = staticmethod(lambda count: timedelta(microseconds=count))


class Characters(TypeDecorator[str]):
    """Text of at most `length` characters, or unbounded; compared and sorted by code point."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def __repr__(self) -> str:  # what migrations print
        return f"Characters({self.length or ''})"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: type[String] = Text if self.length is None else String
        return dialect.type_descriptor(kind(self.length, "C" if dialect.name == "postgresql" else None))


class Email(Characters):
    """An address, in lower case."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(254)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.lower()


class Ip(Characters):
    """An IPv4 or IPv6 address in its compressed form."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(45)


class Words(Characters):
    """One of the words of a Literal."""

    cache_ok = True

    def __init__(self, literal: Any) -> None:
        self.literal: tuple[str, ...] = get_args(literal) or literal  # the tuple itself, where the type is copied
        super().__init__(max(map(len, self.literal)))


class Document(TypeDecorator[Any]):
    """Any JSON document; no value is NULL, not the document `null`."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __repr__(self) -> str:
        return "Document()"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor((JSONB if dialect.name == "postgresql" else JSON)(none_as_null=True))


class Items(Document):
    """A list of plain values of one type, as a document."""

    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item


class Among(TypeDecorator[list[Any]]):
    """Any number of values of one type as one parameter on SQLite: a document of what they are stored as."""

    impl = JSON
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        store = self.item.dialect_impl(dialect).bind_processor(dialect)
        return value if store is None or value is None else [store(one) for one in value]
