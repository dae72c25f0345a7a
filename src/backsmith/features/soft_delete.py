"""Deleting keeps the row, out of sight, so that it can be restored.

What: `soft_delete: true` on an entity.
Why: a product that is no longer sold still stands in old orders; a mistaken click can be taken back.
Example: `DELETE /products/3` answers 204, `POST /products/3/restore` brings the row back, under the delete rule.
Changes: adds `deleted_at`; deleted rows are `trash`, which no list, item or filter meets; uniqueness and overlaps
count live rows only. References that exist keep pointing to the row and expand to it with `deleted_at`; new ones
are refused.
When not: where the law says that deleted is deleted.
"""

from dataclasses import replace

from backsmith.design.expressions import And, Compare, Comparison, Expr, Literal, Path
from backsmith.design.model import Design, Entity, Field, Given, Unique
from backsmith.design.types import DateTime, Null

NAME = "deleted_at"


def expand(design: Design) -> Design:
    """Keep the deleted rows of every entity that asks for it."""
    return replace(
        design, entities=tuple(_kept(entity) if entity.soft_delete else entity for entity in design.entities)
    )


def _kept(entity: Entity) -> Entity:
    deleted_at = Field(name=NAME, type=DateTime(), optional=True, given=Given.SERVER, origin=entity.origin)
    moment = Path(type=DateTime(), entity=entity.name, steps=(NAME,), may_be_null=True)
    null = Literal(type=Null(), value=None, may_be_null=True)
    live = Compare(operator=Comparison.EQ, left=moment, right=null)
    single = tuple(
        Unique(fields=(field.name,), where=live, origin=field.origin)
        for field in entity.fields
        if field.unique and field.name != "id"
    )
    return replace(
        entity,
        fields=(*(_not_unique(field) for field in entity.fields), deleted_at),
        unique=single + tuple(replace(constraint, where=_also(constraint.where, live)) for constraint in entity.unique),
        no_overlap=tuple(replace(constraint, where=_also(constraint.where, live)) for constraint in entity.no_overlap),
        trash=replace(live, operator=Comparison.NE),
    )


def _not_unique(field: Field) -> Field:
    return replace(field, unique=False, index=True) if field.unique and field.name != "id" else field


def _also(condition: Expr | None, live: Expr) -> Expr:
    return live if condition is None else And(operands=(condition, live))
