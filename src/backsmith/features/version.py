"""The version of a row, raised by every write to it, its parts or its many-to-many links.

What: the private field `version`, 1 when the row is made. HTTP shows it as the ETag.
Why: of two people who change one row at once, the second is told (412) instead of overwriting the first.
Changes: adds `version` to every entity.
"""

from dataclasses import replace

from backsmith.design.expressions import Literal
from backsmith.design.model import Design, Field, Given
from backsmith.design.types import Int


def expand(design: Design) -> Design:
    """Add the version to every entity."""
    added = Field(name="version", type=Int(), private=True, default=Literal(type=Int(), value=1), given=Given.SERVER)
    return replace(
        design, entities=tuple(replace(entity, fields=(*entity.fields, added)) for entity in design.entities)
    )
