"""For every field type, JSON values that it refuses."""

from collections.abc import Callable
from typing import Any

from backsmith.design import types

Refusals = tuple[tuple[Any, str], ...]
"""Values, each with the code of the error."""


def refusals(type_: types.Type) -> Refusals:
    """What a field of the type refuses, whatever its bounds are."""
    found = WRONG[type(type_)]
    return found(type_) if callable(found) else found


def _text(type_: types.Text) -> Refusals:
    long: Refusals = () if type_.length is None else (("x" * (type_.length + 1), "too_long"),)
    return ((7, "type"), ("a\0b", "format"), *long)


WRONG: dict[type[types.Type], Refusals | Callable[[Any], Refusals]] = {
    types.Text: _text,
    types.Email: (("nobody", "format"),),
    types.Url: (("ftp://x", "format"),),
    types.Slug: (("Not a slug", "pattern"),),
    types.Phone: (("12", "format"),),
    types.Ip: (("300.1.1.1", "format"),),
    types.Int: (("3", "type"), (2**40, "too_large")),
    types.BigInt: (("3", "type"), (2**70, "too_large")),
    types.Float: (("x", "type"),),
    types.Decimal: (("x", "type"), (True, "type")),
    types.Bool: (("yes", "type"),),
    types.Date: (("15.1.2030", "format"),),
    types.Time: (("25:00", "format"),),
    types.DateTime: (("2030-01-15", "format"),),
    types.Duration: (("90", "format"),),
    types.Uuid: (("no uuid", "format"),),
    types.Json: (),
    types.Enum: (("no such word", "choice"),),
    types.Values: (("x", "type"),),
    types.Embedded: (),
    types.Ref: (),
    types.Many: (),
    types.Parts: (),
    types.Inverse: (),
    types.Upload: (),
    types.Null: (),
}
