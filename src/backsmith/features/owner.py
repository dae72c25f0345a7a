"""Rows that belong to an account.

What: `customer: User owner` is set from the caller, and `owner` in a rule means that the caller is this account. A
part belongs to the owner of its whole.
Why: "only your own" is the commonest rule there is, and the one most often forgotten on one endpoint.
Example: `read: owner or staff`.
Changes: `owner` becomes the comparison `customer == user`; the field is stored from `user`.
When not: where several accounts share a row, use a many-to-many field and `user in members`.
"""

from dataclasses import replace

from backsmith.design.expressions import Compare, Comparison, Expr, Owner, Path, User
from backsmith.design.model import Design, Entity, Field
from backsmith.design.ownership import owner_path
from backsmith.design.rewrite import rewrite_entity
from backsmith.design.types import Ref


def expand(design: Design) -> Design:
    """Spell out `owner` in every rule."""
    return replace(design, entities=tuple(_spelled_out(design, entity) for entity in design.entities))


def _spelled_out(design: Design, entity: Entity) -> Entity:
    steps = owner_path(design, entity)
    if steps is None:
        return entity
    optional = any(field.owner and field.optional for field in entity.fields)
    account = Ref(targets=("User",))
    owner = Path(type=account, entity=entity.name, steps=steps, may_be_null=optional)
    is_owner = Compare(operator=Comparison.EQ, left=owner, right=User(type=account))

    def visit(expr: Expr) -> Expr:
        return is_owner if isinstance(expr, Owner) else expr

    entity = replace(entity, fields=tuple(_stored(field) for field in entity.fields))
    return rewrite_entity(entity, visit)


def _stored(field: Field) -> Field:
    return replace(field, set=User(type=field.type, may_be_null=False)) if field.owner and field.set is None else field
