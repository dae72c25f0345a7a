"""What lists, items and exports can be asked: filters by type and operator, sort, fields, and expansions to depth 3."""

from collections.abc import Iterator

from backsmith.contract import hyperlinks
from backsmith.contract.model import Comparing, Filter, Parameter, Place
from backsmith.design.expressions import Comparison, Literal
from backsmith.design.model import Bound, Design, Entity, Field, Ids
from backsmith.design.types import (
    BigInt,
    Bool,
    Date,
    DateTime,
    Decimal,
    Duration,
    Email,
    Embedded,
    Enum,
    Float,
    Int,
    Inverse,
    Ip,
    Json,
    Many,
    Parts,
    Phone,
    Ref,
    Slug,
    Text,
    Time,
    ToMany,
    Type,
    Upload,
    Url,
    Uuid,
    Values,
)

EXPAND_DEPTH = 3
FILTER_DEPTH = 2
PAGE, LARGEST_PAGE, LARGEST_OFFSET = 50, 200, 10_000

_EQUAL = (Comparing.EQ, Comparing.NE)
_ONE_OF = (*_EQUAL, Comparing.IN)
_ORDERED = (*_EQUAL, Comparing.LT, Comparing.LTE, Comparing.GT, Comparing.GTE, Comparing.IN)
_TEXT = (*_ORDERED, Comparing.CONTAINS)

OPERATORS: dict[type[Type], tuple[Comparing, ...]] = {
    Text: _TEXT,
    Email: _TEXT,
    Url: _TEXT,
    Slug: _TEXT,
    Phone: _TEXT,
    Int: _ORDERED,
    BigInt: _ORDERED,
    Float: _ORDERED,
    Decimal: _ORDERED,
    Date: _ORDERED,
    Time: _ORDERED,
    DateTime: _ORDERED,
    Duration: _ORDERED,
    Bool: _EQUAL,
    Enum: _ONE_OF,
    Uuid: _ONE_OF,
    Ip: _ONE_OF,
    Ref: _ONE_OF,
    Many: (Comparing.EQ,),
    Values: (Comparing.EQ,),
    Json: (),
    Embedded: (),
    Upload: (),
    Parts: (),
    Inverse: (),
}
"""What can be asked of each type, beside `isnull` where the field may be null. `tags=3` means that 3 is among them."""


def path_id(entity: Entity) -> Parameter:
    """The `{id}` of an item's path."""
    return Parameter(name="id", place=Place.PATH, type=key_of(entity), required=True)


def list_parameters(design: Design, entity: Entity) -> tuple[Parameter, ...]:
    """What a list takes beside its filters."""
    searched = any(field.search for field in entity.fields)
    return (
        *((_query("q", Text(length=200)),) if searched else ()),
        _query("limit", Int(), bounds=_between(1, LARGEST_PAGE), default=str(PAGE)),
        _query("cursor", Text()),
        _query("offset", Int(), bounds=_between(0, LARGEST_OFFSET)),
        _query("count", Bool(), default="false"),
        _query("sort", Text(), many=True, choices=sortable(entity), downward=True, default=",".join(entity.order)),
        *item_parameters(design, entity),
    )


def item_parameters(design: Design, entity: Entity) -> tuple[Parameter, ...]:
    """What an item takes: which of its fields are wanted, and which links are followed."""
    paths = tuple(expansions(design, entity))
    made = (hyperlinks.NAME,) if hyperlinks.has_hyperlinks(design, entity) else ()
    return (
        _query("fields", Text(), many=True, choices=(*(each.name for each in shown(entity)), *made)),
        *((_query("expand", Text(), many=True, choices=paths),) if paths else ()),
    )


def export_parameters(entity: Entity) -> tuple[Parameter, ...]:
    """What an export takes beside the list's filters."""
    searched = any(field.search for field in entity.fields)
    return (
        *((_query("q", Text(length=200)),) if searched else ()),
        _query("format", Text(), choices=("csv", "jsonl"), default="csv"),
        _query("sort", Text(), many=True, choices=sortable(entity), downward=True, default=",".join(entity.order)),
    )


def page_parameters() -> tuple[Parameter, ...]:
    """What a plain page takes."""
    return (
        _query("limit", Int(), bounds=_between(1, LARGEST_PAGE), default=str(PAGE)),
        _query("cursor", Text()),
    )


def header(name: str, type_: Type, *, required: bool = False) -> Parameter:
    """A header that an endpoint takes."""
    return Parameter(name=name, place=Place.HEADER, type=type_, required=required)


def filters(design: Design, entity: Entity) -> tuple[Filter, ...]:
    """Every field that can be filtered by: the entity's own, and those that up to two references to one lead to."""
    return tuple(_filters(design, entity, "", FILTER_DEPTH))


def sortable(entity: Entity) -> tuple[str, ...]:
    """The fields that a list can be sorted by."""
    ordered = {name.removeprefix("-") for name in (*entity.order, *entity.sortable)}
    leading = [each.fields[0] for each in entity.indexes] + [each.fields[0] for each in entity.unique]
    allowed = ordered | {name.removeprefix("-") for name in leading} | {"id", "created_at", "updated_at"}
    return tuple(
        field.name
        for field in shown(entity)
        if not isinstance(field.type, ToMany)
        and (field.name in allowed or field.index or field.unique or isinstance(field.type, Ref))
    )


def expansions(design: Design, entity: Entity, depth: int = EXPAND_DEPTH) -> Iterator[str]:
    """Every path that `expand` follows, at most three deep."""
    for field in shown(entity):
        target = _target(field.type)
        if target is not None:
            yield field.name
            if depth > 1:
                yield from (f"{field.name}.{path}" for path in expansions(design, design.entity(target), depth - 1))


def shown(entity: Entity) -> Iterator[Field]:
    """The fields that answers have. A part does not name its whole."""
    return (field for field in entity.fields if not field.private and field.name != entity.whole)


def _filters(design: Design, entity: Entity, prefix: str, depth: int) -> Iterator[Filter]:
    for field in shown(entity):
        operators = OPERATORS[type(field.type)]
        if _nullable(field):
            operators = (*operators, Comparing.ISNULL)
        if operators:
            yield Filter(name=prefix + field.name, type=_asked(design, field.type), operators=operators)
        if isinstance(field.type, Ref) and depth:
            yield from _filters(design, design.entity(field.type.target), f"{prefix}{field.name}__", depth - 1)


def _nullable(field: Field) -> bool:
    return field.optional and not isinstance(field.type, ToMany)


def _asked(design: Design, type_: Type) -> Type:
    """The type of the value that a filter is given."""
    match type_:
        case Ref(target=target) | Many(target=target):
            return key_of(design.entity(target))
        case Values(item=item):
            return item
    return type_


def _target(type_: Type) -> str | None:
    match type_:
        case Ref(target=target) | Many(target=target) | Parts(target=target) | Inverse(target=target):
            return target
    return None


def key_of(entity: Entity) -> Type:
    """The type of the entity's ids."""
    return Uuid() if entity.ids is Ids.UUID7 else BigInt()


def _query(
    name: str,
    type_: Type,
    *,
    many: bool = False,
    choices: tuple[str, ...] = (),
    downward: bool = False,
    bounds: tuple[Bound, ...] = (),
    default: str | None = None,
) -> Parameter:
    return Parameter(
        name=name,
        place=Place.QUERY,
        type=type_,
        many=many,
        choices=choices,
        downward=downward,
        bounds=bounds,
        default=default,
    )


def _between(least: int, most: int) -> tuple[Bound, ...]:
    return (
        Bound(operator=Comparison.GE, value=Literal(type=Int(), value=least)),
        Bound(operator=Comparison.LE, value=Literal(type=Int(), value=most)),
    )
