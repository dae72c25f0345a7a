"""What a design has without saying so: accounts, memberships, references to wholes; and who gives each field."""

from dataclasses import replace

from backsmith.design.expressions import Expr, Path
from backsmith.design.model import Entity, Field, Given, Ids, OnDelete, Unique
from backsmith.design.naming import snake
from backsmith.design.rewrite import rewrite
from backsmith.design.types import Bool, Email, Enum, Inverse, Parts, Ref, Text, Values
from backsmith.readers.blueprint.access import ADMIN_ALONE, AS_THE_WHOLE

ACCOUNT_FIELDS = ("email", "name", "roles", "active", "password", "password_hash", "verified_at")
"""What the application keeps of every account."""


def accounts(roles: tuple[str, ...], ids: Ids, declared: Entity | None) -> Entity:
    """The built-in `User`, with the fields that the blueprint adds."""
    made = (
        Field(name="email", type=Email(), unique=True, given=Given.SERVER),
        Field(name="name", type=Text(length=120), given=Given.SERVER),
        Field(name="roles", type=Values(item=Enum(words=roles)), given=Given.SERVER),
        Field(name="active", type=Bool(), given=Given.SERVER),
    )
    base = declared or Entity(name="User", fields=(), access=ADMIN_ALONE, plural="users", ids=ids)
    own = tuple(field for field in base.fields if field.name not in ACCOUNT_FIELDS)
    return replace(base, fields=made + own, plural="users", builtin=True)


def memberships(tenant: Entity, roles: tuple[str, ...], ids: Ids, declared: Entity | None) -> Entity:
    """The built-in `Membership`: who belongs to which tenant, with which roles inside it."""
    reference = snake(tenant.name)
    inside = tuple(role for role in roles if role != "admin") or roles
    return Entity(
        name="Membership",
        fields=(
            Field(name="user", type=Ref(targets=("User",)), on_delete=OnDelete.CASCADE),
            Field(name=reference, type=Ref(targets=(tenant.name,)), on_delete=OnDelete.CASCADE),
            Field(name="roles", type=Values(item=Enum(words=inside))),
        ),
        access=ADMIN_ALONE,
        plural="memberships",
        ids=ids,
        unique=(Unique(fields=("user", reference)),),
        doc=declared.doc if declared else None,
        builtin=True,
        origin=declared.origin if declared else None,
    )


def with_wholes(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Every part with its reference to its whole, which is named after it."""
    wholes: dict[str, Entity] = {}
    for entity in entities:
        for field in entity.fields:
            if isinstance(field.type, Parts) and _may_be_part(field.type.target, entity, wholes):
                wholes.setdefault(field.type.target, entity)
    return tuple(_with_whole(_naming_parts(entity), wholes.get(entity.name)) for entity in entities)


def _may_be_part(part: str, whole: Entity, wholes: dict[str, Entity]) -> bool:
    """Not of itself, at any depth; accounts never."""
    above: Entity | None = whole
    while above is not None and above.name != part:
        above = wholes.get(above.name)
    return above is None and "User" not in (part, whole.name)


def _naming_parts(entity: Entity) -> Entity:
    by = snake(entity.name)
    fields = tuple(replace(f, type=replace(f.type, by=by)) if isinstance(f.type, Parts) else f for f in entity.fields)
    return replace(entity, fields=fields)


def _with_whole(entity: Entity, whole: Entity | None) -> Entity:
    if whole is None:
        return entity
    name = snake(whole.name)
    made = Field(
        name=name, type=Ref(targets=(whole.name,)), on_delete=OnDelete.CASCADE, given=Given.SERVER, origin=entity.origin
    )
    own = tuple(field for field in entity.fields if field.name != name)
    return replace(entity, whole=name, access=AS_THE_WHOLE, fields=(made, *own))


def with_givers(entity: Entity) -> Entity:
    """Every field with who gives it its value."""
    moved = {move.field for move in entity.moves}
    read = {name for field in entity.fields if field.set is not None for name in own_fields(field.set)}
    fields = tuple(replace(f, given=_giver(f, f.name in moved, f.name in read)) for f in entity.fields)
    return replace(entity, fields=fields)


def _giver(field: Field, moved: bool, read: bool) -> Given:
    if field.given is Given.SERVER or moved or field.readonly or isinstance(field.type, Inverse):
        return Given.SERVER
    if field.computed is not None or field.set is not None:
        return Given.SERVER
    if field.owner:
        return Given.CALLER
    return Given.ONCE if field.fixed or read else Given.CLIENT


def own_fields(expr: Expr) -> list[str]:
    """The fields of the row itself that an expression reads."""
    found: dict[str, None] = {}

    def gather(node: Expr) -> Expr:
        if isinstance(node, Path):
            found[node.steps[0]] = None
        return node

    rewrite(expr, gather)
    return list(found)
