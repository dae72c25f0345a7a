"""Who changed what, and when.

What: `history: true` on an entity. Every row keeps the list of its changes: who, when, which action, and for each
field the old and the new value.
Why: audits, support ("it was 40 yesterday"), and undoing by hand.
Example: `GET /tasks/7/history`, for whoever may read the task; admins also after it was deleted.
Changes: parts are recorded with their whole. Private fields are never recorded.
When not: where old values must not be kept, for reasons of privacy.
"""

from dataclasses import replace

from backsmith.design.model import Design, Entity
from backsmith.design.types import Ref


def expand(design: Design) -> Design:
    """Record the parts of every entity that is recorded."""
    return replace(
        design, entities=tuple(replace(entity, history=recorded(design, entity)) for entity in design.entities)
    )


def recorded(design: Design, entity: Entity) -> bool:
    """Whether the entity, or the whole that it is a part of, keeps its history."""
    if entity.history or entity.whole is None:
        return entity.history
    reference = entity.field(entity.whole).type
    assert isinstance(reference, Ref)
    return recorded(design, design.entity(reference.target))
