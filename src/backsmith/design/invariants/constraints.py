"""Constraints and sorting: they name stored fields, of types that databases can compare."""

from collections.abc import Iterator

from backsmith.design.invariants.telling import of_entity, place, wrong
from backsmith.design.model import Design, Entity, Field, NoOverlap
from backsmith.design.operations import LONGEST_INDEXED, NUMBERS, TEXTS, TO_MANY, indexable, named
from backsmith.design.reading import paths_read
from backsmith.design.scope import BROKEN, field_names, find_field, is_broken
from backsmith.design.types import Date, DateTime, Embedded, Json, Time, Upload, Values
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import did_you_mean, listing

Told = Iterator[Diagnostic]

_DOCUMENTS = (Json, Values, Embedded, Upload)


def constraints(design: Design) -> Told:
    """Every constraint, index and order of a design."""
    for entity in design.entities:
        for position, unique in enumerate(entity.unique):
            yield from _group(design, entity, ("unique", position), unique.fields, unique.origin)
            yield from _limited(entity, unique.fields, unique.origin)
        for position, index in enumerate(entity.indexes):
            yield from _group(design, entity, ("index", position), index.fields, index.origin)
            yield from _limited(entity, index.fields, index.origin)
        for position, overlap in enumerate(entity.no_overlap):
            yield from _overlap(design, entity, overlap, position)
        for check in entity.checks:
            if not any(True for _ in paths_read(check.condition)):
                yield wrong("constant-check", "this check is about no field", check.origin, "name a field of the row")
        yield from _sorting(design, entity)


def _group(
    design: Design, entity: Entity, where: tuple[str, int], written: tuple[str, ...], origin: Origin | None
) -> Told:
    what, names = where[0], [name.removeprefix("-") if where[0] == "index" else name for name in written]
    for index, name in enumerate(names):
        at = place(design, entity.name, what, str(where[1]), written[index]) or origin
        field = find_field(entity, name)
        if name in names[:index]:
            yield wrong("duplicate-name", f"`{name}` stands here twice", at, "leave one out")
        elif field is None:
            yield from _unknown(entity, name, at)
        elif field.type != BROKEN and (reason := _not_comparable(field)):
            yield wrong("wrong-constraint", f"`{name}` cannot stand in `{what}`: {reason}", at, "name stored fields")


def _unknown(entity: Entity, name: str, origin: Origin | None) -> Told:
    if not is_broken(entity):
        yield wrong(
            "unknown-name", f"{entity.name} has no field `{name}`", origin, did_you_mean(name, field_names(entity))
        )


def _not_comparable(field: Field) -> str:
    if isinstance(field.type, TO_MANY):
        return "it is many rows"
    if field.computed is not None:
        return "it is computed"
    return f"it is {named(field.type)}" if isinstance(field.type, _DOCUMENTS) else ""


def _limited(entity: Entity, names: tuple[str, ...], origin: Origin | None) -> Told:
    found = [find_field(entity, name.removeprefix("-")) for name in names]
    texts = [field for field in found if field is not None and isinstance(field.type, TEXTS)]
    if not indexable([field.type for field in texts]):
        called = listing((field.name for field in texts), "and")
        hint = f"an index holds {LONGEST_INDEXED} characters: give a limit, `str(80)`"
        yield wrong("wrong-constraint", f"{called} may be too long for an index", origin, hint)


def _overlap(design: Design, entity: Entity, overlap: NoOverlap, position: int) -> Told:
    names = (*overlap.fields, overlap.start, overlap.end)
    yield from _group(design, entity, ("no_overlap", position), names, overlap.origin)
    start, end = (find_field(entity, name) for name in (overlap.start, overlap.end))
    if start is None or end is None or BROKEN in (start.type, end.type):
        return
    for field in (start, end):
        at = place(design, entity.name, "no_overlap", str(position), field.name) or overlap.origin
        if not isinstance(field.type, (Date, DateTime, Time, *NUMBERS)):
            message = f"`{field.name}` is {named(field.type)}, which does not begin or end anything"
            yield wrong("wrong-constraint", message, at, "the last two fields are a start and an end")
            return
        if field.optional:
            yield wrong("wrong-constraint", f"`{field.name}` may be null", at, "start and end are required")
    if type(start.type) is not type(end.type):
        at = place(design, entity.name, "no_overlap", str(position), end.name) or overlap.origin
        message = f"`{start.name}` is {named(start.type)}, and `{end.name}` is {named(end.type)}"
        yield wrong("wrong-constraint", message, at, "start and end have one type")


def _sorting(design: Design, entity: Entity) -> Told:
    for what, names in (("order", entity.order), ("sortable", entity.sortable)):
        seen: set[str] = set()
        for written in names:
            name = written.removeprefix("-")
            at = place(design, entity.name, what, written) or of_entity(design, entity, what)
            field = find_field(entity, name)
            if name in seen:
                yield wrong("duplicate-name", f"`{name}` stands here twice", at, "leave one out")
            elif field is None:
                yield from _unknown(entity, name, at)
            elif field.type != BROKEN and (reason := _not_sortable(field)):
                yield wrong(
                    "not-sortable",
                    f"lists cannot be sorted by `{name}`: {reason}",
                    at,
                    "name stored fields with an order",
                )
            seen.add(name)


def _not_sortable(field: Field) -> str:
    return "it is private" if field.private else _not_comparable(field)
