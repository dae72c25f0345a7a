"""What is wrong with a body: for every key of a schema, the values that must be refused, and the code that says so."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backsmith.contract.model import Contract, Property, Schema
from backsmith.design import types
from backsmith.design.model import Field
from backsmith.design.operations import length_of
from backsmith.samples.rows import limits, unit
from backsmith.verify.values import to_json

Step = str | int
UNKNOWN = "no_such_field"
NOTHING: Any = object()
"""The value of a key that is taken out."""
LONGEST = 40_000
"""Lengths up to this are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong with a body: where, what stands there, the codes that may say so, and the rule."""

    path: tuple[Step, ...]
    value: Any
    codes: tuple[str, ...]
    rule: str
    what: str

    @property
    def field(self) -> str:
        """Where it is, as problems write it: `lines.0.quantity`."""
        return ".".join(map(str, self.path))

    def within(self, *outer: Step) -> "Mistake":
        """The same, further in."""
        return Mistake(path=(*outer, *self.path), value=self.value, codes=self.codes, rule=self.rule, what=self.what)

    def made(self, body: Any) -> Any:
        """A body with this mistake."""
        return placed(body, self.path, self.value)


def placed(body: Any, path: tuple[Step, ...], value: Any) -> Any:
    """A copy of the body with a value at this path; without the key, where the value is NOTHING."""
    found = deepcopy(body)
    inner = found
    for place, step in enumerate(path[:-1]):
        if isinstance(inner, dict) and step not in inner:
            inner[step] = [{}] if isinstance(path[place + 1], int) else {}
        inner = inner[step]
    if value is NOTHING:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
    return found


def mistakes(contract: Contract, schema: Schema, *, new: bool) -> Iterator[Mistake]:
    """Everything that must be refused in a body of this schema. new: whether it makes a row, so that what is required
    has to be there."""
    yield Mistake(path=(UNKNOWN,), value=1, codes=("unknown",), rule="unknown-fields", what="an unknown name")
    for sent in schema.properties:
        if sent.read_only:
            for value in (None, *_likely(sent)):
                yield _of(sent, value, "read_only", rule="read-only", what="what nobody sends")
            continue
        if new and sent.required:
            yield _of(sent, NOTHING, "required", what="nothing where something is required")
        if not sent.nullable and not isinstance(sent.type, types.Json):
            codes = ("type", "required", "choice") if isinstance(sent.type, types.Enum) else ("type", "required")
            yield _of(sent, None, *codes, what="null where there has to be a value")
        for found in _wrong(sent.type):
            if sent.name != "password" or found.codes == ("type",):  # a password has no form
                yield _of(sent, found.value, *found.codes, what=found.what)
        yield from _beyond(sent)
        yield from _inner(contract, sent, new=new)


def _of(sent: Property, value: Any, *codes: str, rule: str = "refuses-invalid", what: str) -> Mistake:
    return Mistake(path=(sent.name,), value=value, codes=codes, rule=rule, what=what)


def _likely(sent: Property) -> tuple[Any, ...]:
    """A value that a server might believe."""
    if isinstance(sent.type, types.Enum):
        return (sent.type.words[-1],)
    if isinstance(sent.type, types.ToMany | types.Values):
        return ([],)
    return tuple(LIKELY[type(sent.type)][:1]) if type(sent.type) in LIKELY else ()


def _inner(contract: Contract, sent: Property, *, new: bool) -> Iterator[Mistake]:
    """What is wrong within a part, or within an embedded value."""
    if sent.schema is None:
        return
    schema = contract.schema(sent.schema)
    embedded = isinstance(sent.type, types.Embedded)
    for found in mistakes(contract, schema, new=new or embedded):
        yield found.within(sent.name) if embedded else found.within(sent.name, 0)


def _beyond(sent: Property) -> Iterator[Mistake]:
    """One step beyond a bound, one character beyond a length, what does not match."""
    field = as_field(sent)
    least, most = limits(field) if numeric(sent.type) else (None, None)
    if least is not None:
        yield _of(sent, to_json(least - unit(field)), "too_small", rule="bounds", what="one less than the least")
    if most is not None:
        yield _of(sent, to_json(most + unit(field)), "too_large", rule="bounds", what="one more than the most")
    length = length_of(sent.type)
    if length is not None and length < LONGEST:
        codes: tuple[str, ...] = (
            ("too_long", "pattern") if sent.pattern or isinstance(sent.type, types.Slug) else ("too_long",)
        )
        if isinstance(sent.type, types.Email | types.Url | types.Phone | types.Ip):
            codes = ("too_long", "format", "pattern")
        yield _of(sent, long(sent.type, length + 1), *codes, rule="bounds", what=f"{length + 1} characters")
    if sent.pattern:
        yield _of(sent, "\N{SNOWMAN} no match", "pattern", "too_long", what="what does not match its pattern")


def long(type_: types.Type, length: int) -> str:
    """A text of so many characters; of a type that has a form, in that form."""
    match type_:
        case types.Email():
            return "a" * (length - len("@example.com")) + "@example.com"
        case types.Url():
            return "https://example.com/" + "a" * (length - len("https://example.com/"))
        case types.Phone():
            return "+1" + "2" * (length - 2)
    return "a" * length


def numeric(type_: types.Type) -> bool:
    """Whether bounds are about the value itself."""
    return isinstance(type_, types.Int | types.BigInt | types.Decimal | types.Float | types.Duration)


def as_field(sent: Property) -> Field:
    """A property as the field that it stands for."""
    return Field(name=sent.name, type=sent.type, bounds=sent.bounds, pattern=sent.pattern, optional=sent.nullable)


# By type


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that is none of a type."""

    value: Any
    codes: tuple[str, ...]
    what: str


def _wrong(type_: types.Type) -> Iterator[Wrong]:
    """Values that this type does not have."""
    yield from WRONG.get(type(type_), ())
    match type_:
        case types.Enum():
            yield Wrong("no such word", ("choice",), "no word of the enum")
            yield Wrong(7, ("choice", "type"), "a number for a word")
        case types.Decimal(precision=precision, scale=scale):
            more = Decimal(1).scaleb(-scale - 1)
            yield Wrong(f"{more:f}", ("format", "too_small"), "a place too many after the point")
            yield Wrong("9" * (precision - scale + 1), ("too_large",), "a digit too many")
        case types.Values():
            yield Wrong(7, ("type",), "a number for a list")
            yield Wrong("x", ("type",), "text for a list")
        case types.Many() | types.Parts():
            yield Wrong(7, ("type",), "a number for a list")
            yield Wrong({}, ("type",), "an object for a list")
        case types.Embedded():
            yield Wrong(7, ("type",), "a number for an object")
            yield Wrong([], ("type",), "a list for an object")


_WORD, _FORM = ("type",), ("format", "pattern")
_TEXTS = (
    Wrong(7, _WORD, "a number for text"),
    Wrong([], _WORD, "a list for text"),
    Wrong(True, _WORD, "true for text"),
)
_NUL = (Wrong("a\0b", ("format", "pattern"), "NUL in text"),)
_NUMBERS = (
    Wrong("x", ("type", "format"), "text for a number"),
    Wrong(True, ("type",), "true for a number"),
    Wrong([], ("type",), "a list for a number"),
    Wrong({}, ("type",), "an object for a number"),
    Wrong(10**400, ("too_large", "type", "format"), "a number of 401 digits"),
)


def _texts(*wrong: str) -> tuple[Wrong, ...]:
    return (*_TEXTS, *(Wrong(text, _FORM, "text that is not well formed") for text in wrong), *_NUL)


WRONG: Mapping[type[types.Type], tuple[Wrong, ...]] = {
    types.Text: (*_TEXTS, *_NUL, Wrong({}, _WORD, "an object for text")),
    types.Email: _texts("no address", "a@", "@example.com", "a b@example.com", ""),
    types.Url: _texts("no address", "ftp://example.com/a", "javascript:alert(1)", "//example.com", ""),
    types.Slug: _texts("No Slug", "-a", "a--b", ""),
    types.Phone: _texts("12", "no number", "+0000000000", ""),
    types.Ip: _texts("999.1.1.1", "no address", "10.0.0.1/8", ""),
    types.Int: (
        *_NUMBERS,
        Wrong("7", ("type",), "a number as text"),
        Wrong(1.5, ("type", "format"), "a half for a whole number"),
        Wrong(2**31, ("too_large",), "more than 32 bits"),
        Wrong(-(2**31) - 1, ("too_small",), "less than 32 bits"),
    ),
    types.BigInt: (
        *_NUMBERS,
        Wrong("7", ("type",), "a number as text"),
        Wrong(1.5, ("type", "format"), "a half for a whole number"),
        Wrong(2**63, ("too_large",), "more than 64 bits"),
        Wrong(-(2**63) - 1, ("too_small",), "less than 64 bits"),
    ),
    types.Float: (*_NUMBERS, Wrong("1.5", ("type",), "a number as text")),
    types.Decimal: (
        *_NUMBERS,
        Wrong("NaN", ("format", "type"), "NaN as text"),
        Wrong("Infinity", ("format", "type", "too_large"), "Infinity as text"),
        Wrong("1e400", ("too_large", "format", "type"), "an exponent of 400"),
        Wrong("", ("format", "type"), "no number"),
    ),
    types.Bool: (
        Wrong("true", ("type",), "text for true"),
        Wrong(1, ("type",), "a number for true"),
        Wrong(0, ("type",), "a number for false"),
        Wrong([], ("type",), "a list for false"),
    ),
    types.Date: (
        Wrong(7, ("type",), "a number for a day"),
        Wrong("2100-02-30", ("format",), "a day that the calendar does not have"),
        Wrong("2100-01-15T08:30:00Z", ("format",), "a moment for a day"),
        Wrong("yesterday", ("format",), "a word for a day"),
    ),
    types.Time: (
        Wrong(7, ("type",), "a number for a time"),
        Wrong("25:00:00", ("format",), "an hour that no day has"),
        Wrong("noon", ("format",), "a word for a time"),
    ),
    types.DateTime: (
        Wrong(7, ("type",), "a number for a moment"),
        Wrong("2100-01-15T08:30:00", ("format",), "a moment without a zone"),
        Wrong("2100-02-30T08:30:00Z", ("format",), "a day that the calendar does not have"),
        Wrong("0001-01-01T00:00:00+14:00", ("format", "too_small"), "a moment before the calendar"),
        Wrong("now", ("format",), "a word for a moment"),
    ),
    types.Duration: (
        Wrong(7, ("type",), "a number for a length of time"),
        Wrong("soon", ("format",), "a word for a length of time"),
        Wrong("P99999999999D", ("too_large", "format"), "longer than time"),
    ),
    types.Uuid: (Wrong(7, ("type",), "a number for a UUID"), Wrong("none", ("format",), "no UUID")),
    types.Ref: (
        Wrong([], ("type",), "a list for an id"),
        Wrong({}, ("type",), "an object for an id"),
        Wrong(True, ("type",), "true for an id"),
        Wrong("none", ("type", "format"), "a word for an id"),
        Wrong(-1, ("not_found", "too_small", "type"), "a negative id"),
        Wrong(2**63, ("not_found", "too_large", "type"), "an id of more than 64 bits"),
    ),
}
"""What is no value of a type. A completeness test names the types that are missing."""

LIKELY: Mapping[type[types.Type], tuple[Any, ...]] = {
    types.Text: ("forged",),
    types.Email: ("forged@example.com",),
    types.Url: ("https://example.com/forged",),
    types.Slug: ("forged",),
    types.Phone: ("+12025550199",),
    types.Ip: ("192.0.2.99",),
    types.Int: (99,),
    types.BigInt: (99,),
    types.Float: (99.5,),
    types.Decimal: ("99.50",),
    types.Bool: (True,),
    types.Date: ("2000-01-01",),
    types.Time: ("01:01:01",),
    types.DateTime: ("2000-01-01T00:00:00Z",),
    types.Duration: (to_json(timedelta(hours=9)),),
    types.Uuid: ("00000000-0000-0000-0000-000000000099",),
    types.Json: ({"forged": True},),
    types.Ref: (1,),
}
