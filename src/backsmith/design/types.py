"""The types that a field can have. Closed: every writer has a row for each, or says `Unsupported`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What a field holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Type):
    """Characters; at most `length`, or unbounded."""

    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Email(Type):
    """An address, kept in lower case; at most 254 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Url(Type):
    """An absolute http or https address; at most 2,048 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slug(Type):
    """Lower-case letters, digits and single hyphens; at most 100 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Type):
    """A telephone number in E.164; at most 16 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ip(Type):
    """An IPv4 or IPv6 address in its compressed form; at most 45 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Int(Type):
    """A whole number of 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BigInt(Type):
    """A whole number of 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Float(Type):
    """A finite IEEE 754 double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decimal(Type):
    """An exact number of `precision` digits, `scale` of them after the point."""

    precision: int
    scale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bool(Type):
    """True or false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(Type):
    """A day of the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time(Type):
    """A time of day without a zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTime(Type):
    """A moment, kept and sent in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration(Type):
    """A length of time, in microseconds; ISO 8601 in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uuid(Type):
    """A UUID of RFC 9562."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Json(Type):
    """Any JSON document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Type):
    """A file; an `image` is checked to be one."""

    image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Type):
    """One of these words. `name` where several fields share it."""

    words: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded(Type):
    """A value of several fields, kept inside the row as one document; `name` stands in `Design.embedded`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Values(Type):
    """A list of plain values."""

    item: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Type):
    """A reference to one row of one of `targets` (entity names; more than one is not written yet)."""

    targets: tuple[str, ...]

    @property
    def target(self) -> str:
        """The only target."""
        (target,) = self.targets
        return target


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(Type):
    """Many-to-many: rows of `target`, through a table of pairs."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Type):
    """Rows of `target` that live and die with this one; `by` is the part's reference to its whole."""

    target: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverse(Type):
    """The rows of `target` whose reference `by` names this row. Nothing is stored."""

    target: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Null(Type):
    """The type of `None` in an expression; no field has it."""


ToMany = Many | Parts | Inverse
"""The types that lead to many rows."""
