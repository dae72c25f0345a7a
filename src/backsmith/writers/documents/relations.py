"""Which entity leads to which, through which field."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backsmith.design.model import Design, Entity, Field
from backsmith.design.types import Many, Parts, Ref


class Link(StrEnum):
    """What kind of field leads there."""

    ONE, MANY, PART = "one", "many", "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A field that leads from one entity to another."""

    source: str
    field: str
    target: str
    link: Link
    optional: bool = False
    owner: bool = False


def relations(design: Design) -> tuple[Relation, ...]:
    """Every relation that is stored, in the order of the design.

    A part's reference to its whole is the whole's to tell, and what a pass keeps for itself is nobody's.
    """
    return tuple(relation for entity in design.entities for relation in _of(entity))


def entities(design: Design) -> tuple[Entity, ...]:
    """The entities that a reader wants to see: the design's own, and built-in ones that something leads to."""
    met = {name for relation in relations(design) for name in (relation.source, relation.target)}
    return tuple(entity for entity in design.entities if not entity.builtin or entity.name in met)


def _of(entity: Entity) -> Iterator[Relation]:
    for field in entity.fields:
        if field.name != entity.whole and not (field.private and field.set is not None):
            yield from _through(entity, field)


def _through(entity: Entity, field: Field) -> Iterator[Relation]:
    match field.type:
        case Ref(targets=targets):
            link = Link.ONE
        case Many(target=target):
            link, targets = Link.MANY, (target,)
        case Parts(target=target):
            link, targets = Link.PART, (target,)
        case _:
            return
    for target in targets:
        yield Relation(
            source=entity.name,
            field=field.name,
            target=target,
            link=link,
            optional=field.optional,
            owner=field.owner,
        )
