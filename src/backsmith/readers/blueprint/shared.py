"""`types:`: enums and embedded values that several entities share."""

from dataclasses import dataclass, replace

from backsmith.design.model import EmbeddedType
from backsmith.design.naming import ENTITY
from backsmith.design.types import Enum
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.fields import plain, read_field
from backsmith.readers.blueprint.keys import mapping
from backsmith.readers.blueprint.kinds import Names, read_type
from backsmith.readers.blueprint.line import read_line
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The shared types, and every name that the type of a field may use."""

    enums: tuple[Enum, ...]
    embedded: tuple[EmbeddedType, ...]
    names: Names


def read_types(node: Node | None, entities: frozenset[str], report: Report) -> Shared:
    """`types: {Size: s|m|l, Address: {street: str(200), city: str(80)}}`."""
    enums: dict[str, Enum] = {}
    values: list[tuple[Scalar, Mapping]] = []
    broken: set[str] = set()
    for key, value in mapping(node, "types", report, "write `Size: s|m|l` or `Address: {street: str(200)}`") or ():
        if not _good_name(key, entities, report):
            broken.add(key.text)
        elif isinstance(value, Mapping):
            values.append((key, value))
        elif (enum := _enum(key, value, report)) is not None:
            enums[key.text] = enum
        else:
            broken.add(key.text)
    names = Names(entities=entities, enums=enums, broken=frozenset(broken))
    embedded = tuple(_embedded(key, value, names, report) for key, value in values)
    whole = replace(names, embedded=frozenset(each.name for each in embedded))
    return Shared(enums=tuple(enums.values()), embedded=embedded, names=whole)


def _good_name(key: Scalar, entities: frozenset[str], report: Report) -> bool:
    if key.text in entities:
        report.error("duplicate-name", f"`{key.text}` is an entity too", key.origin, "give one of them another name")
        return False
    if not ENTITY.fullmatch(key.text):
        report.error(
            "bad-name",
            f"`{key.text}` cannot be the name of a type",
            key.origin,
            "begin with a capital letter: `Address`",
        )
        return False
    return True


def _enum(key: Scalar, value: Node, report: Report) -> Enum | None:
    if isinstance(value, Scalar) and not value.empty:
        line = read_line(value.passage, report)
        if line.type is not None and len(line.type.names) > 1 and not line.broken:
            kind = read_type(line, Names(entities=frozenset()), report)
            return replace(kind, name=key.text) if isinstance(kind, Enum) else None
        if line.broken:
            return None
    report.error(
        "wrong-shape",
        f"`{key.text}` is neither words nor fields",
        value.origin,
        "write `s|m|l`, or `{street: str(200)}`",
    )
    return None


def _embedded(key: Scalar, body: Mapping, names: Names, report: Report) -> EmbeddedType:
    fields = tuple(plain(read_field(each, value, names, report), f"`{key.text}`", report) for each, value in body)
    return EmbeddedType(name=key.text, fields=fields, origin=key.origin)
