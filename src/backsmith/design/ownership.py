"""Whose a row is."""

from backsmith.design.model import Design, Entity
from backsmith.design.types import Ref


def owner_path(design: Design, entity: Entity) -> tuple[str, ...] | None:
    """The steps from a row to its owner: its own owner field, or that of its whole. None where it has no owner."""
    own = next((field.name for field in entity.fields if field.owner), None)
    if own is not None:
        return (own,)
    if entity.whole is None:
        return None
    reference = entity.field(entity.whole).type
    assert isinstance(reference, Ref)
    beyond = owner_path(design, design.entity(reference.target))
    return None if beyond is None else (entity.whole, *beyond)
