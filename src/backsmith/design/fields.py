"""What is known of an entity's fields, whatever they are written as."""

from dataclasses import dataclass

from backsmith.design import types
from backsmith.design.expressions import And, Anyone, Compare, Expr, Literal, Path, Tenant
from backsmith.design.facts import alternatives
from backsmith.design.model import Design, Entity, Field

IN_ROW = frozenset({"id", "created_at", "updated_at", "version"})
"""The columns that every table has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A field that gets its value from an expression when a row is made, and the function that answers it."""

    field: Field
    expr: Expr
    name: str


def computed_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that are not stored but worked out."""
    return tuple(field for field in entity.fields if field.computed is not None)


def given_fields(entity: Entity) -> tuple[Given, ...]:
    """What is worked out when a row is made, and kept: `set` expressions, and defaults that are no constants."""
    found = []
    for field in entity.fields:
        if (expr := initial(field)) is not None:
            name = f"default_{field.name}" if field.set is None else f"made_{field.name}"
            found.append(Given(field=field, expr=expr, name=name))
    return tuple(found)


def initial(field: Field) -> Expr | None:
    """What a field gets its value from when a row is made, where that is no constant."""
    if field.name in IN_ROW or field.owner:
        return None
    return field.default if field.set is None and not isinstance(field.default, Literal) else field.set


def is_optional(field: Field) -> bool:
    """Whether a computed field may have no value."""
    nullable = field.computed is not None and field.computed.may_be_null and not isinstance(field.type, types.Bool)
    return field.optional or nullable


def scoped_by(entity: Entity) -> str | None:
    """The field by which the entity is scoped to a tenant."""
    return next((field.name for field in entity.fields if _names_tenant(entity.scope, field.name)), None)


def _names_tenant(scope: Expr | None, field: str) -> bool:
    match scope:
        case And():
            return any(_names_tenant(operand, field) for operand in scope.operands)
        case Compare(left=Path(steps=(step,)), right=Tenant()):
            return step == field
        case _:
            return False


def tenant_field(design: Design, entity: Entity) -> Field | None:
    """The reference that scopes the entity's rows by tenant."""
    if design.tenant is None or entity.scope is None or entity.tenant:
        return None
    target = design.tenant.name
    refs = [f for f in entity.fields if isinstance(f.type, types.Ref) and f.type.targets == (target,)]
    return next((f for f in refs if isinstance(f.set, Tenant) or (f.private and isinstance(f.set, Path))), None)


def is_narrowed(design: Design, entity: Entity) -> bool:
    """Whether a part has a rule of its own beside that of its whole: or a tenant, where its whole is for everybody."""
    if entity.whole is None:
        return False
    whole = design.entity(getattr(entity.field(entity.whole).type, "target", ""))
    if tenant_field(design, entity) is not None and tenant_field(design, whole) is None:
        return True
    return not any(isinstance(option, Anyone) for option in alternatives(entity.access.read))
