"""Every field type in a Django project: its model field, its Python type, and the field of a body.

One row for each type of `backsmith.design.types`; a test walks them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backsmith.design import types
from backsmith.writers.python.code import Code, call, code, joined, literal, name

FIELDS, MODELS = name("apps.core", "fields"), name("django.db", "models")
SERIALIZERS = name("apps.core", "serializers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one type is written. Each function takes the type."""

    field: Callable[[Any], tuple[Code, tuple[Code | str, ...]]]
    """The class of the model's field, and what it is told of the type."""
    python: Callable[[Any], Code]
    """The type of a value in Python."""
    serializer: Callable[[Any], tuple[Code, tuple[Code, ...]]]
    """The class of a body's field, and what it is told of the type."""


def _unwritten(type_: Any) -> Any:
    raise AssertionError(f"{type(type_).__name__} has no such code here: `unsupported` says so before")


def _row(
    field: Code,
    python: Code | Callable[[Any], Code],
    serializer: str,
    told: Callable[[Any], tuple[str, ...]] = lambda _: (),
    sent: Callable[[Any], tuple[Code, ...]] | None = None,
) -> Row:
    read = sent or (lambda type_: tuple(map(Code, told(type_))))
    return Row(
        field=lambda type_: (field, told(type_)),
        python=(lambda _: python) if isinstance(python, Code) else python,
        serializer=lambda type_: (code("{}.{}", SERIALIZERS, serializer), read(type_)),
    )


def _own(class_: str) -> Code:
    return code("{}.{}", FIELDS, class_)


def _django(class_: str) -> Code:
    return code("{}.{}", MODELS, class_)


def _fixed(*told: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda _: told


def _nothing(_: Any) -> tuple[Code, ...]:
    return ()


def _text(type_: types.Text) -> Row:
    if type_.length is None:
        return _row(_own("TextField"), STR, "CharField")
    return _row(_own("CharField"), STR, "CharField", _fixed(f"max_length={type_.length}"))


def _places(type_: types.Decimal) -> tuple[str, ...]:
    return f"max_digits={type_.precision}", f"decimal_places={type_.scale}"


def _words(type_: types.Enum) -> Code:
    return code("{}[{}]", name("typing", "Literal"), joined(", ", map(literal, type_.words)))


def _longest(type_: types.Enum) -> tuple[str, ...]:
    return (f"max_length={max(map(len, type_.words))}",)


def _choices(type_: types.Enum) -> tuple[Code, ...]:
    return (Code(f"choices=[{', '.join(literal(word).text for word in type_.words)}]"),)


STR, INT, FLOAT = Code("str"), Code("int"), Code("float")
ANY = name("typing", "Any")

ROWS: dict[type[types.Type], Row] = {
    types.Text: Row(
        field=lambda t: _text(t).field(t), python=lambda _: STR, serializer=lambda t: _text(t).serializer(t)
    ),
    types.Email: _row(_own("EmailField"), STR, "EmailField"),
    types.Url: _row(_own("CharField"), STR, "URLField", _fixed("max_length=2048"), _nothing),
    types.Slug: _row(_own("CharField"), STR, "SlugField", _fixed("max_length=100"), _nothing),
    types.Phone: _row(_own("CharField"), STR, "PhoneField", _fixed("max_length=16"), _nothing),
    types.Ip: _row(_own("CharField"), STR, "IPAddressField", _fixed("max_length=45"), _nothing),
    types.Int: _row(_django("IntegerField"), INT, "IntegerField"),
    types.BigInt: _row(_django("BigIntegerField"), INT, "BigIntegerField"),
    types.Float: _row(_django("FloatField"), FLOAT, "FloatField"),
    types.Decimal: _row(_own("DecimalField"), name("decimal", "Decimal"), "DecimalField", _places),
    types.Bool: _row(_django("BooleanField"), Code("bool"), "BooleanField"),
    types.Date: _row(_django("DateField"), name("datetime", "date"), "DateField"),
    types.Time: _row(_django("TimeField"), name("datetime", "time"), "TimeField"),
    types.DateTime: _row(_django("DateTimeField"), name("datetime", "datetime"), "DateTimeField"),
    types.Duration: _row(_django("DurationField"), name("datetime", "timedelta"), "DurationField"),
    types.Uuid: _row(_django("UUIDField"), name("uuid", "UUID"), "UUIDField"),
    types.Json: _row(_django("JSONField"), ANY, "JSONField"),
    types.Enum: _row(_own("CharField"), _words, "ChoiceField", _longest, _choices),
    types.Values: Row(
        field=lambda t: (_own("ListField"), (code("item={}", model_field(t.item)),)),
        python=lambda t: code("list[{}]", python_type(t.item)),
        serializer=lambda t: (code("{}.ListField", SERIALIZERS), (code("child={}", serializer_field(t.item)),)),
    ),
    types.Embedded: _row(_django("JSONField"), code("dict[str, {}]", ANY), "JSONField"),
    types.Ref: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
    types.Many: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
    types.Parts: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
    types.Inverse: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
    types.Upload: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
    types.Null: Row(field=_unwritten, python=_unwritten, serializer=_unwritten),
}


def model_field(type_: types.Type, *options: Code | str) -> Code:
    """The field of a model: `fields.DecimalField(max_digits=12, decimal_places=2)`."""
    class_, told = ROWS[type(type_)].field(type_)
    return call(class_, *told, *options)


def output_field(type_: types.Type) -> Code:
    """The field that an expression has, where `models` are those of the app: `DurationField()`."""
    class_, told = ROWS[type(type_)].field(type_)
    if isinstance(type_, types.Values):
        return call(class_, code("item={}", output_field(type_.item)))
    module_, _, field = class_.text.rpartition(".")
    return call(name("django.db.models", field) if module_ == MODELS.text else class_, *told)


def serializer_field(type_: types.Type, *options: Code | str) -> Code:
    """The field of a body."""
    class_, told = ROWS[type(type_)].serializer(type_)
    return call(class_, *told, *options)


def python_type(type_: types.Type) -> Code:
    """The type of a value in Python."""
    return ROWS[type(type_)].python(type_)
