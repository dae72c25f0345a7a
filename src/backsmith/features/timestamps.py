"""When a row was made and last changed.

What: the fields `created_at` and `updated_at`, moments in UTC.
Why: the first two questions in every incident. Sorting by either is always allowed.
Changes: adds both, given by the server, behind the fields of every entity that does not have them yet.
"""

from dataclasses import replace

from backsmith.design.expressions import Now
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.design.types import DateTime

NAMES = ("created_at", "updated_at")


def expand(design: Design) -> Design:
    """Add the two moments to every entity."""
    return replace(design, entities=tuple(_with_timestamps(entity) for entity in design.entities))


def _with_timestamps(entity: Entity) -> Entity:
    present = {field.name for field in entity.fields}
    added = tuple(
        Field(name=name, type=DateTime(), set=Now(), given=Given.SERVER, origin=entity.origin)
        for name in NAMES
        if name not in present
    )
    return replace(entity, fields=entity.fields + added)
