"""Every field type in a FastAPI project: its column, its Python type, what a body holds, and sample values.

One row for each type of `backsmith.design.types`; a test walks them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backsmith.design import types
from backsmith.writers.python.code import Code, call, code, joined, literal, name, tuple_of

ANNOTATED = name("typing", "Annotated")
FIELD = name("pydantic", "Field")
MANY = 1000
"""The most values in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one type is written. Each function takes the type."""

    column: Callable[[Any], Code]
    """The SQLAlchemy type."""
    python: Callable[[Any], Code]
    """The type of a value in Python, in `Mapped[...]` and in answers."""
    body: Callable[[Any], Code]
    """The type of a value in a body, before the bounds."""
    samples: Callable[[Any], tuple[Any, ...]]
    """Two different JSON values that are valid."""
    wrong: Callable[[Any], tuple[tuple[Any, str], ...]]
    """JSON values that are not valid, each with the code of its error."""
    implied: bool = False
    """Whether SQLAlchemy finds the column type from the annotation."""
    stored: Code | None = None
    """What a column type is called where it is compared (`timedelta`)."""


def _fixed(code_: Code) -> Callable[[Any], Code]:
    return lambda _: code_


def _core(name_: str, *arguments: object) -> Code:
    found = name("app.core.types", name_)
    return call(found, *map(str, arguments)) if arguments else found


def _schema(name_: str) -> Callable[[Any], Code]:
    return _fixed(name("app.core.schemas", name_))


def _text_column(length: int | None) -> Code:
    return _core("Characters") if length is None else _core("Characters", length)


def _sized(type_: types.Text) -> tuple[Any, ...]:
    limit = type_.length or 20
    return "Alpha"[:limit], "Beta"[:limit] if limit > 1 else "B"


def _text_wrong(type_: types.Text) -> tuple[tuple[Any, str], ...]:
    long: tuple[tuple[Any, str], ...] = () if type_.length is None else (("x" * (type_.length + 1), "too_long"),)
    return ((7, "type"), ("a\0b", "format"), *long)


def _decimal_samples(type_: types.Decimal) -> tuple[Any, ...]:
    places = Decimal(1).scaleb(-type_.scale)
    first = Decimal("2.5") if type_.precision - type_.scale > 0 else Decimal("0.5")
    second = Decimal(4) if type_.precision - type_.scale > 0 else Decimal("0.25")
    return str(first.quantize(places)), str(second.quantize(places))


def _words(type_: types.Enum) -> Code:
    return code("{}[{}]", name("typing", "Literal"), joined(", ", map(literal, type_.words)))


def _unwritten(type_: Any) -> Any:
    raise AssertionError(f"{type(type_).__name__} has no such code here: `unsupported` says so before")


STR, INT, FLOAT = Code("str"), Code("int"), Code("float")
DECIMAL, UUID = name("decimal", "Decimal"), name("uuid", "UUID")
ANY = name("typing", "Any")


def _row(
    column: Callable[[Any], Code] | Code,
    python: Callable[[Any], Code] | Code,
    body: str | Callable[[Any], Code],
    samples: tuple[Any, ...] | Callable[[Any], tuple[Any, ...]],
    wrong: tuple[tuple[Any, str], ...] | Callable[[Any], tuple[tuple[Any, str], ...]],
    *,
    implied: bool = False,
) -> Row:
    return Row(
        column=_fixed(column) if isinstance(column, Code) else column,
        python=_fixed(python) if isinstance(python, Code) else python,
        body=_schema(body) if isinstance(body, str) else body,
        samples=(lambda _: samples) if isinstance(samples, tuple) else samples,
        wrong=(lambda _: wrong) if isinstance(wrong, tuple) else wrong,
        implied=implied,
    )


ROWS: dict[type[types.Type], Row] = {
    types.Text: _row(lambda t: _text_column(t.length), STR, "Text", _sized, _text_wrong),
    types.Email: _row(
        _core("Email"), STR, "EmailText", ("ada@example.com", "ben@example.com"), (("nobody", "format"),)
    ),
    types.Url: _row(
        _text_column(2048),
        STR,
        _fixed(name("app.core.values", "UrlText")),
        ("https://example.com/a", "https://example.com/b"),
        (("ftp://x", "format"),),
    ),
    types.Slug: _row(_text_column(100), STR, "SlugText", ("first-one", "second-one"), (("Not a slug", "pattern"),)),
    types.Phone: _row(
        _text_column(16),
        STR,
        _fixed(name("app.core.phones", "PhoneText")),
        ("+12025550123", "+12025550124"),
        (("12", "format"),),
    ),
    types.Ip: _row(_core("Ip"), STR, "IpText", ("192.0.2.1", "2001:db8::1"), (("300.1.1.1", "format"),)),
    types.Int: _row(
        name("sqlalchemy", "Integer"), INT, "Int", (3, 5), (("3", "type"), (2**40, "too_large")), implied=True
    ),
    types.BigInt: _row(name("sqlalchemy", "BigInteger"), INT, "BigInt", (3, 5), (("3", "type"), (2**70, "too_large"))),
    types.Float: _row(name("sqlalchemy", "Double"), FLOAT, "Float", (1.5, 2.5), (("x", "type"),)),
    types.Decimal: _row(
        lambda t: _core("Exact", t.precision, t.scale),
        DECIMAL,
        _fixed(DECIMAL),
        _decimal_samples,
        (("x", "type"), (True, "type")),
    ),
    types.Bool: _row(
        name("sqlalchemy", "Boolean"), Code("bool"), "Flag", (True, False), (("yes", "type"),), implied=True
    ),
    types.Date: _row(
        _core("Day"), name("datetime", "date"), "Day", ("2030-01-15", "2030-02-20"), (("15.1.2030", "format"),)
    ),
    types.Time: _row(
        name("sqlalchemy", "Time"),
        name("datetime", "time"),
        "Clock",
        ("08:30:00", "17:45:00"),
        (("25:00", "format"),),
        implied=True,
    ),
    types.DateTime: _row(
        _core("UtcDateTime"),
        name("datetime", "datetime"),
        "UtcMoment",
        ("2030-01-15T08:30:00Z", "2030-02-20T17:45:00Z"),
        (("2030-01-15", "format"),),
    ),
    types.Duration: _row(
        _core("Span"), name("datetime", "timedelta"), "Span", ("PT1H30M", "PT2H"), (("90", "format"),)
    ),
    types.Uuid: _row(
        name("sqlalchemy", "Uuid"),
        UUID,
        "UuidText",
        ("018f4e5a-0000-7000-8000-000000000001", "018f4e5a-0000-7000-8000-000000000002"),
        (("no uuid", "format"),),
        implied=True,
    ),
    types.Json: _row(_core("Document"), ANY, _fixed(name("app.core.values", "JsonValue")), ({"a": 1}, [1, 2]), ()),
    types.Enum: _row(
        lambda t: call(name("app.core.types", "Words"), Code(tuple_of(t.words))),
        _words,
        _words,
        lambda t: (t.words[0], t.words[-1]),
        (("no such word", "choice"),),
    ),
    types.Values: _row(
        lambda t: call(name("app.core.types", "Items"), column_instance(t.item)),
        lambda t: code("list[{}]", python_type(t.item)),
        lambda t: code("{}[list[{}], {}(max_length={})]", ANNOTATED, body_type(t.item), FIELD, MANY),
        lambda t: ([samples(t.item)[0]], list(samples(t.item))),
        (("x", "type"),),
    ),
    types.Embedded: _row(
        _core("Document"), code("dict[str, {}]", ANY), lambda t: name("app.schemas.values", t.name), _unwritten, ()
    ),
    types.Ref: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
    types.Many: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
    types.Parts: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
    types.Inverse: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
    types.Upload: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
    types.Null: _row(_unwritten, _unwritten, _unwritten, _unwritten, ()),
}


def column_type(type_: types.Type) -> Code:
    """The SQLAlchemy type of a column: `Exact(12, 2)`."""
    return ROWS[type(type_)].column(type_)


def column_instance(type_: types.Type) -> Code:
    """The same as a value, which generics and parameters need: `Characters()`."""
    found = column_type(type_)
    return found if found.text.endswith(")") else call(found)


def python_type(type_: types.Type) -> Code:
    """The type of a value in Python."""
    return ROWS[type(type_)].python(type_)


def body_type(type_: types.Type) -> Code:
    """The type of a value in a body, before bounds."""
    return ROWS[type(type_)].body(type_)


def samples(type_: types.Type) -> tuple[Any, ...]:
    """Two JSON values of the type."""
    return ROWS[type(type_)].samples(type_)


def implied(type_: types.Type) -> bool:
    """Whether `Mapped[int]` says it all."""
    return ROWS[type(type_)].implied


def constant(value: object) -> Code:
    """A constant of the language in Python."""
    match value:
        case Decimal():
            return code('{}("{}")', DECIMAL, str(value))
        case timedelta():
            return call(name("datetime", "timedelta"), *_span(value))
        case _:
            return literal(value)


def _span(value: timedelta) -> list[str]:
    parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    if value.seconds and value.seconds % 3600 == 0 and not value.microseconds:
        parts = {"days": value.days, "hours": value.seconds // 3600}
    elif value.seconds and value.seconds % 60 == 0 and not value.microseconds:
        parts = {"days": value.days, "minutes": value.seconds // 60}
    return [f"{unit}={amount}" for unit, amount in parts.items() if amount] or ["0"]
