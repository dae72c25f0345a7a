"""Values in their places: what a field can store, and literals in the field's own type."""

import re
from dataclasses import replace
from decimal import Decimal as Exact
from ipaddress import ip_address

from backsmith.design import expressions as e
from backsmith.design.model import Field
from backsmith.design.operations import described, fits, length_of, named, too_long
from backsmith.design.types import (
    BigInt,
    Bool,
    Date,
    DateTime,
    Decimal,
    Duration,
    Email,
    Enum,
    Float,
    Int,
    Ip,
    Phone,
    Slug,
    Text,
    Type,
    Url,
)
from backsmith.diagnostics.report import did_you_mean, listing

Problem = tuple[str, str, str]
"""Code, message and hint."""

_SPELLING: dict[type[Type], re.Pattern[str]] = {
    Email: re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    Url: re.compile(r"https?://[^\s/]+\S*"),
    Slug: re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    Phone: re.compile(r"\+[1-9][0-9]{3,14}"),
}


def stored(found: e.Expr, field: Field) -> e.Expr | Problem:
    """The expression as it is stored in the field, or what is wrong with that."""
    if isinstance(found, e.Literal) and found.value is not None:
        return constant(found, field.type)
    if not fits(found.type, field.type):
        return (
            "wrong-type",
            f"`{field.name}` is {named(field.type)}, and this is {named(found.type)}",
            _fit_hint(found.type, field.type),
        )
    if too_long(found.type, field.type):
        return (
            "too-long",
            f"this is {named(found.type)}, which may be longer than {named(field.type)}",
            f"make `{field.name}` longer",
        )
    if found.may_be_null and not field.optional:
        return (
            "may-be-null",
            f"`{field.name}` is required, and this may be null",
            "make the field optional with `?`, or write `coalesce(..., 0)`",
        )
    return found


def constant(found: e.Literal, kind: Type) -> e.Literal | Problem:
    """The literal as a value of this type, or what is wrong with that."""
    value = found.value
    match kind:
        case Enum(words=words) if isinstance(value, str):
            if value in words:
                return replace(found, type=kind)
            return (
                "unknown-word",
                f"`{value}` is not one of its words",
                did_you_mean(value, words, f"it is one of {listing(words)}"),
            )
        case Int() | BigInt() if isinstance(value, int) and not isinstance(value, bool):
            bits = 31 if isinstance(kind, Int) else 63
            if not -(2**bits) <= value < 2**bits:
                return "too-large", f"this does not fit into {named(kind)}", "use bigint" if bits == 31 else ""
            return replace(found, type=kind)
        case Float() if isinstance(value, (int, Exact)) and not isinstance(value, bool):
            return replace(found, value=Exact(value), type=kind)
        case Decimal() if isinstance(value, (int, Exact)) and not isinstance(value, bool):
            return _exact(found, Exact(value), kind)
    if (isinstance(value, str) and length_of(kind) is not None) or isinstance(kind, Text):
        return _text(found, kind)
    if type(found.type) is type(kind):
        return found
    return "wrong-type", f"this is {described(found.type, True)}, not {named(kind)}", _constant_hint(kind)


def _exact(found: e.Literal, value: Exact, kind: Decimal) -> e.Literal | Problem:
    exponent = value.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places > kind.scale:
        return "too-precise", f"{named(kind)} has {kind.scale} places after the point, and this has {places}", ""
    if abs(value) >= Exact(10) ** (kind.precision - kind.scale):
        return "too-large", f"this does not fit into {named(kind)}", ""
    return replace(found, value=value, type=kind)


def _text(found: e.Literal, kind: Type) -> e.Literal | Problem:
    value = found.value
    if not isinstance(value, str):
        return "wrong-type", f"this is {described(found.type, True)}, not {named(kind)}", "put text in quotes"
    length = length_of(kind)
    if length is not None and len(value) > length:
        return "too-long", f"this has {len(value)} characters, and {named(kind)} at most {length}", ""
    spelling = _SPELLING.get(type(kind))
    if (spelling and not spelling.fullmatch(value)) or (isinstance(kind, Ip) and not _is_ip(value)):
        return "wrong-type", f"`{value}` is no {named(kind)}", ""
    return replace(found, type=kind)


def _is_ip(value: str) -> bool:
    try:
        return bool(ip_address(value))
    except ValueError:
        return False


def _constant_hint(kind: Type) -> str:
    match kind:
        case Bool():
            return "write `True` or `False`"
        case Date():
            return "there are no constants of this type; write `default today`"
        case DateTime():
            return "there are no constants of this type; write `default now`"
        case Duration():
            return "write `days(7)`, `hours(1)` or `minutes(5)`"
        case Int() | BigInt() | Float() | Decimal():
            return "write a number that it can hold"
    return "there are no constants of this type; make it optional with `?`"


def _fit_hint(value: Type, place: Type) -> str:
    if isinstance(value, Decimal) and isinstance(place, (Int, BigInt)):
        return "this has places after the point: use decimal(P,S) or money for both"
    if isinstance(value, Float) and isinstance(place, Decimal):
        return "floats are not exact: use decimal(P,S) for both"
    if isinstance(place, Text):
        return "put text in quotes"
    return ""
