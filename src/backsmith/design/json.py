"""A design as JSON and back. Expressions and effects are texts of the language, read again by `check`; whatever has its
default is left out; origins do not travel."""

import dataclasses
import types as python_types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from backsmith.design import types
from backsmith.design.check import Checked
from backsmith.design.expressions import Expr
from backsmith.design.invariants import invariants
from backsmith.design.model import Check, Design, Effect
from backsmith.design.rereading import UNREAD, reread, unread_effect
from backsmith.design.text import text
from backsmith.diagnostics.model import Diagnostic, Severity

KINDS: dict[str, type[types.Type]] = {
    each.__name__.lower(): each for each in types.Type.__subclasses__() if each is not types.Null
}
"""The types of fields, by the word that stands for each."""

LEFT_OUT = ("origin", "places")


def to_json(design: Design) -> dict[str, Any]:
    """The design as values that `json.dumps` takes."""
    encoded = _encoded(design)
    assert isinstance(encoded, dict)
    return encoded


def from_json(value: object) -> Checked[Design]:
    """The design that was made into JSON, or what is wrong with it."""
    try:
        skeleton = _decoded(Design, value, "design")
    except WrongShapeError as error:
        return Checked(value=None, diagnostics=(Diagnostic(code="bad-design", message=str(error)),))
    assert isinstance(skeleton, Design)
    read = reread(skeleton)
    found = (*read.diagnostics, *(invariants(read.value) if read.value and not read.value.lowered else ()))
    failed = any(each.severity is Severity.ERROR for each in found)
    return Checked(value=None if failed else read.value, diagnostics=found)


# Out


def _encoded(value: object) -> object:
    match value:
        case Expr():
            return text(value)
        case types.Type():
            return {"kind": type(value).__name__.lower(), **_members(value)}
        case Effect():
            return value.text
        case Check():
            return {"name": value.name, "text": value.text}
        case StrEnum():
            return str(value)
        case tuple():
            return [_encoded(item) for item in value]
        case Mapping():
            return {str(name): _encoded(item) for name, item in value.items()}
    return _members(value) if dataclasses.is_dataclass(value) else value


def _members(value: object) -> dict[str, object]:
    """The members that differ from their defaults."""
    assert dataclasses.is_dataclass(value)
    found: dict[str, object] = {}
    for member in dataclasses.fields(value):
        own = getattr(value, member.name)
        if member.name not in LEFT_OUT and own != member.default:
            found[member.name] = _encoded(own)
    return found


# In


class WrongShapeError(Exception):
    """The JSON is not that of a design."""


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decoded(kind: Any, value: object, path: str) -> object:
    """The value as this type; expressions stay texts, to be read when every name is known."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is python_types.UnionType:
        inner = next(each for each in arguments if each is not type(None))
        return None if value is None else _decoded(inner, value, path)
    if origin is tuple:
        items = _expect(list, value, path)
        return tuple(_decoded(arguments[0], item, f"{path}[{index}]") for index, item in enumerate(items))
    if kind in (str, int, bool):
        return _expect(kind, value, path)
    if issubclass(kind, StrEnum):
        return _word(kind, _expect(str, value, path), path)
    if issubclass(kind, Expr):
        return dataclasses.replace(UNREAD, value=_expect(str, value, path))
    return _object(kind, value, path)


def _object(kind: Any, value: object, path: str) -> object:
    if kind is Effect:
        return unread_effect(_expect(str, value, path))
    members = dict(_expect(dict, value, path))
    if issubclass(kind, types.Type):
        kind = _kind(kind, members.pop("kind", None), path)
    if kind is Check:
        members["condition"] = members.get("text")
    return _dataclass(kind, members, path)


def _kind(kind: type[types.Type], word: object, path: str) -> type[types.Type]:
    found = KINDS.get(str(word))
    if found is None or not issubclass(found, kind):
        raise WrongShapeError(f"{path}: `{word}` is no kind of type")
    return found


def _dataclass(kind: Any, members: dict[str, object], path: str) -> object:
    known = {member.name: member for member in dataclasses.fields(kind) if member.name not in LEFT_OUT}
    for name in members:
        if name not in known:
            raise WrongShapeError(f"{path}: `{name}` is not known")
    for name, member in known.items():
        missing = member.default is dataclasses.MISSING and member.default_factory is dataclasses.MISSING
        if name not in members and missing:
            raise WrongShapeError(f"{path}: `{name}` is missing")
    hints = _hints(kind)
    return kind(**{name: _decoded(hints[name], value, f"{path}.{name}") for name, value in members.items()})


def _word(kind: type[StrEnum], value: str, path: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise WrongShapeError(f"{path}: `{value}` is not one of {', '.join(kind)}") from None


def _expect(kind: type[Any], value: object, path: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise WrongShapeError(f"{path}: expected {kind.__name__}, not {type(value).__name__}")
    return value


# The schema


def schema() -> dict[str, Any]:
    """The JSON Schema of a design in JSON."""
    definitions: dict[str, Any] = {}
    root = _schema_of(Design, definitions)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Design", **root, "$defs": definitions}


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is python_types.UnionType:
        inner = next(each for each in arguments if each is not type(None))
        return {"anyOf": [_schema_of(inner, definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0], definitions)}
    if kind in (str, int, bool):
        return {"type": {str: "string", int: "integer", bool: "boolean"}[kind]}
    if issubclass(kind, StrEnum):
        return {"enum": [str(each) for each in kind]}
    if issubclass(kind, (Expr, Effect)):
        return {"type": "string", "description": "In the language of expressions."}
    return _reference(kind, definitions)


def _reference(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        if kind is types.Type:
            kinds = [_reference(each, definitions) for each in KINDS.values()]
            definitions[name] = {"anyOf": kinds}
        else:
            definitions[name] = _object_schema(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _object_schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, properties, required = _hints(kind), dict[str, Any](), list[str]()
    if issubclass(kind, types.Type):
        properties["kind"], required = {"const": name_of(kind)}, ["kind"]
    for member in dataclasses.fields(kind):
        if member.name in LEFT_OUT or (kind is Check and member.name == "condition"):
            continue
        properties[member.name] = _schema_of(hints[member.name], definitions)
        if member.default is dataclasses.MISSING and member.default_factory is dataclasses.MISSING:
            required.append(member.name)
    first = (kind.__doc__ or "").split("\n")[0]
    found = {"type": "object", "description": first, "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def name_of(kind: type[types.Type]) -> str:
    """The word that stands for a type."""
    return kind.__name__.lower()
