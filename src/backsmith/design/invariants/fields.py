"""Fields: modifiers that mean something on their types, defaults within bounds, values that somebody can give."""

import re
from collections.abc import Iterator
from decimal import Decimal as Exact
from operator import ge, gt, le, lt

from backsmith.design.expressions import Comparison, Literal
from backsmith.design.invariants.telling import of_field, wrong
from backsmith.design.model import Bound, Design, Entity, Field, Given, OnDelete
from backsmith.design.operations import LONGEST_INDEXED, TEXTS, TO_MANY, indexable, named
from backsmith.design.scope import BROKEN
from backsmith.design.text import constant
from backsmith.design.types import Embedded, Json, Ref, Upload, Values
from backsmith.diagnostics.model import Diagnostic

_HOLDS = {Comparison.GE: ge, Comparison.GT: gt, Comparison.LE: le, Comparison.LT: lt}
_DOCUMENTS = (Json, Values, Embedded, Upload)
_PLAIN = ("unique", "index", "search", "private", "readonly", "owner", "fixed")

Told = Iterator[Diagnostic]


def fields(design: Design) -> Told:
    """Every field of every entity, of inputs, and of embedded values."""
    for entity in design.entities:
        for field in entity.fields:
            if field.type != BROKEN and not (entity.builtin and field.given is Given.SERVER and field.origin is None):
                yield from _field(design, entity, field)
        yield from _one_owner(design, entity)
    inner = [field for embedded in design.embedded for field in embedded.fields]
    moved = [field for entity in design.entities for move in entity.moves for field in move.input]
    acted = [field for entity in design.entities for action in entity.actions for field in action.input]
    for field in (*inner, *moved, *acted):
        yield from _bounds(field)


def _field(design: Design, entity: Entity, field: Field) -> Told:
    if isinstance(field.type, TO_MANY):
        yield from _to_many(design, entity, field)
        return
    yield from _text_only(design, entity, field)
    yield from _scalar_only(design, entity, field)
    yield from _owner(design, entity, field)
    yield from _sources(design, entity, field)
    yield from _on_delete(design, entity, field)
    yield from _given(design, entity, field)
    yield from _bounds(field)


def _to_many(design: Design, entity: Entity, field: Field) -> Told:
    """Nothing is stored on this side, so that no modifier of values means anything."""
    given = [name for name in (*_PLAIN, "optional", "default", "set", "computed") if getattr(field, name)]
    for name in given:
        hint = "no rows are an empty list" if name == "optional" else "leave it out"
        message = f"`{field.name}` is many rows, and cannot be {_called(name)}"
        yield wrong("wrong-modifier", message, of_field(design, entity, field, name), hint)


def _called(name: str) -> str:
    """How a message names a modifier."""
    words = {"optional": "optional", "default": "given a default", "set": "`set`", "computed": "computed"}
    return words.get(name, f"`{name}`")


def _text_only(design: Design, entity: Entity, field: Field) -> Told:
    origin = of_field(design, entity, field, "search")
    if field.search and not isinstance(field.type, TEXTS):
        yield wrong(
            "wrong-modifier",
            f"only text is searched, and `{field.name}` is {named(field.type)}",
            origin,
            "leave it out",
        )
    elif field.search and field.private:
        yield wrong(
            "wrong-modifier", f"`{field.name}` is private: finding it would show it", origin, "leave out `search`"
        )


def _scalar_only(design: Design, entity: Entity, field: Field) -> Told:
    for name in ("unique", "index"):
        origin = of_field(design, entity, field, name)
        if not getattr(field, name):
            continue
        if isinstance(field.type, _DOCUMENTS):
            yield wrong("wrong-modifier", f"{named(field.type)} cannot be `{name}`", origin, "leave it out")
        elif field.computed is not None:
            yield wrong(
                "wrong-modifier",
                f"`{field.name}` is computed, not stored, and cannot be `{name}`",
                origin,
                "leave it out",
            )
        elif not indexable([field.type]):
            message = f"{named(field.type)} may be too long for an index, and cannot be `{name}`"
            yield wrong("wrong-modifier", message, origin, f"give it a limit of at most {LONGEST_INDEXED}: `str(200)`")


def _owner(design: Design, entity: Entity, field: Field) -> Told:
    origin = of_field(design, entity, field, "owner")
    if not field.owner:
        return
    if field.type != Ref(targets=("User",)):
        yield wrong(
            "wrong-owner",
            f"an owner is an account, not {named(field.type)}",
            origin,
            f"write `{field.name}: User owner`",
        )
    elif field.default or field.set or field.computed or field.fixed or field.readonly:
        yield wrong(
            "wrong-owner",
            "an owner is the caller, and needs no other source",
            origin,
            f"write `{field.name}: User owner`",
        )
    elif entity.whole:
        yield wrong(
            "wrong-owner", f"{entity.name} is a part: its owner is that of its whole", origin, "move it to the whole"
        )


def _one_owner(design: Design, entity: Entity) -> Told:
    owners = [field for field in entity.fields if field.owner]
    for second in owners[1:]:
        message = f"{entity.name} has an owner already: `{owners[0].name}`"
        yield wrong(
            "two-owners",
            message,
            of_field(design, entity, second, "owner"),
            "leave one `owner` out; compare with `user` in rules",
        )


_SOURCES = {"default": "a default", "set": "`set`", "computed": "a computed value"}


def _sources(design: Design, entity: Entity, field: Field) -> Told:
    """A field has its value from one place."""
    given = [name for name in _SOURCES if getattr(field, name) is not None]
    for name in given[1:]:
        message = f"`{field.name}` has {_SOURCES[given[0]]} and {_SOURCES[name]}"
        yield wrong("wrong-modifier", message, of_field(design, entity, field, name), "leave one out")
    for name in ("fixed", "readonly"):
        clash = next((other for other in ("computed", "set") if getattr(field, other) is not None), None)
        if getattr(field, name) and clash:
            message = f"nobody sends `{field.name}`, for it has {_SOURCES[clash]}"
            yield wrong("wrong-modifier", message, of_field(design, entity, field, name), f"leave out `{name}`")
    if field.fixed and field.readonly and field.set is None and field.computed is None:
        message = f"`{field.name}` is sent once, or never, not both"
        yield wrong("wrong-modifier", message, of_field(design, entity, field, "readonly"), "leave one out")
    if field.computed is not None and isinstance(field.type, (Ref, *_DOCUMENTS)):
        message = f"{named(field.type)} cannot be computed"
        yield wrong(
            "wrong-modifier",
            message,
            of_field(design, entity, field, "computed"),
            "compute a value of it: `category.name`",
        )
    if field.computed is not None and (field.bounds or field.pattern):
        yield wrong(
            "wrong-modifier",
            f"`{field.name}` is computed, and cannot be bounded",
            field.origin,
            "bound what it is computed from",
        )


def _on_delete(design: Design, entity: Entity, field: Field) -> Told:
    if field.on_delete is OnDelete.NULL and not field.optional:
        origin = of_field(design, entity, field, "on_delete")
        yield wrong(
            "wrong-modifier",
            f"`{field.name}` is required, and cannot become null",
            origin,
            "make it optional with `?`, or cascade",
        )


def _given(design: Design, entity: Entity, field: Field) -> Told:
    """A required field that nobody may send needs a value from somewhere."""
    moved = any(move.field == field.name for move in entity.moves)
    has_source = field.optional or any(each is not None for each in (field.default, field.set, field.computed))
    if field.readonly and not has_source and not moved:
        hint = "make it optional with `?`, or give it a default"
        yield wrong(
            "never-given",
            f"nobody may send `{field.name}`, and it is required",
            of_field(design, entity, field, "readonly"),
            hint,
        )


def _bounds(field: Field) -> Told:
    default = field.default if isinstance(field.default, Literal) else None
    for bound in field.bounds:
        if default is not None and not _within(default, bound):
            limit = f"`{bound.operator} {constant(bound.value.value)}`"
            yield wrong(
                "default-out-of-bounds",
                f"the default is not {limit}",
                default.origin or field.origin,
                "change the default or the bound",
            )
    if default is not None and field.pattern and not _matches(field.pattern, default.value):
        yield wrong(
            "default-out-of-bounds",
            "the default does not match the regex",
            default.origin or field.origin,
            "change one of them",
        )
    if not _possible(field.bounds):
        yield wrong(
            "impossible-bounds",
            f"no value of `{field.name}` is within these bounds",
            field.bounds[-1].value.origin or field.origin,
        )


def _number(literal: Literal) -> Exact:
    assert isinstance(literal.value, (int, Exact))
    return Exact(literal.value)


def _within(literal: Literal, bound: Bound) -> bool:
    if not isinstance(literal.value, (int, Exact)):
        return True
    return bool(_HOLDS[bound.operator](_number(literal), _number(bound.value)))


def _matches(pattern: str, value: object) -> bool:
    return not isinstance(value, str) or re.search(pattern, value) is not None


def _possible(bounds: tuple[Bound, ...]) -> bool:
    """Whether any number is within all bounds: if one is, one of the limits is, or lies next to one."""
    lower = [bound for bound in bounds if bound.operator in (Comparison.GE, Comparison.GT)]
    upper = [bound for bound in bounds if bound.operator in (Comparison.LE, Comparison.LT)]
    return all(_between(low, high) for low in lower for high in upper)


def _between(low: Bound, high: Bound) -> bool:
    strict = low.operator is Comparison.GT or high.operator is Comparison.LT
    return _number(low.value) < _number(high.value) or (not strict and _number(low.value) == _number(high.value))
