"""Every row has a key.

What: the field `id`, a whole number of 64 bits, or a UUID of version 7 where `api: {ids: uuid7}` or the entity's
own `ids: uuid7` says so.
Why: a key that means nothing never has to change. Numbers are short and readable; UUIDs do not tell how many rows
there are, and can be made by several databases at once.
Changes: adds `id`, which the server gives and nobody sends, in front of the fields of every entity.
"""

from dataclasses import replace

from backsmith.design.model import Design, Entity, Field, Given, Ids
from backsmith.design.types import BigInt, Uuid


def expand(design: Design) -> Design:
    """Add the key to every entity."""
    return replace(design, entities=tuple(_with_key(entity) for entity in design.entities))


def _with_key(entity: Entity) -> Entity:
    type_ = Uuid() if entity.ids is Ids.UUID7 else BigInt()
    key = Field(name="id", type=type_, unique=True, given=Given.SERVER, origin=entity.origin)
    return replace(entity, fields=(key, *entity.fields))
