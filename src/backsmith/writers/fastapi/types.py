"""Every field type in a FastAPI project: its column, its Python type, what a body holds, and sample values.

One row for each type of `backsmith.design.types`; a test walks them.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
    *,
    implied: bool = False,
) -> Row:
    return Row(
        column=_fixed(column) if isinstance(column, Code) else column,
        python=_fixed(python) if isinstance(python, Code) else python,
        body=_schema(body) if isinstance(body, str) else body,
        implied=implied,
    )


ROWS: dict[type[types.Type], Row] = {
    types.Text: _row(lambda t: _text_column(t.length), STR, "Text"),
    types.Email: _row(_core("Email"), STR, "EmailText"),
    types.Url: _row(_text_column(2048), STR, _fixed(name("app.core.values", "UrlText"))),
    types.Slug: _row(_text_column(100), STR, "SlugText"),
    types.Phone: _row(_text_column(16), STR, _fixed(name("app.core.phones", "PhoneText"))),
    types.Ip: _row(_core("Ip"), STR, "IpText"),
    types.Int: _row(name("sqlalchemy", "Integer"), INT, "Int", implied=True),
    types.BigInt: _row(name("sqlalchemy", "BigInteger"), INT, "BigInt"),
    types.Float: _row(name("sqlalchemy", "Double"), FLOAT, "Float"),
    types.Decimal: _row(lambda t: _core("Exact", t.precision, t.scale), DECIMAL, _fixed(DECIMAL)),
    types.Bool: _row(name("sqlalchemy", "Boolean"), Code("bool"), "Flag", implied=True),
    types.Date: _row(_core("Day"), name("datetime", "date"), "Day"),
    types.Time: _row(name("sqlalchemy", "Time"), name("datetime", "time"), "Clock", implied=True),
    types.DateTime: _row(_core("UtcDateTime"), name("datetime", "datetime"), "UtcMoment"),
    types.Duration: _row(_core("Span"), name("datetime", "timedelta"), "Span"),
    types.Uuid: _row(name("sqlalchemy", "Uuid"), UUID, "UuidText", implied=True),
    types.Json: _row(_core("Document"), ANY, _fixed(name("app.core.values", "JsonValue"))),
    types.Enum: _row(lambda t: call(name("app.core.types", "Words"), Code(tuple_of(t.words))), _words, _words),
    types.Values: _row(
        lambda t: call(name("app.core.types", "Items"), column_instance(t.item)),
        lambda t: code("list[{}]", python_type(t.item)),
        lambda t: code("{}[list[{}], {}(max_length={})]", ANNOTATED, body_type(t.item), FIELD, MANY),
    ),
    types.Embedded: _row(_core("Document"), code("dict[str, {}]", ANY), lambda t: name("app.schemas.values", t.name)),
    types.Ref: _row(_unwritten, _unwritten, _unwritten),
    types.Many: _row(_unwritten, _unwritten, _unwritten),
    types.Parts: _row(_unwritten, _unwritten, _unwritten),
    types.Inverse: _row(_unwritten, _unwritten, _unwritten),
    types.Upload: _row(_unwritten, _unwritten, _unwritten),
    types.Null: _row(_unwritten, _unwritten, _unwritten),
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


def implied(type_: types.Type) -> bool:
    """Whether `Mapped[int]` says it all."""
    return ROWS[type(type_)].implied
