"""Many customers in one database, none of whom ever meets another's rows.

What: one entity is the tenant (`tenant: true`); accounts belong to it through `Membership`, with roles that hold
inside it. Every entity with a required path of references to the tenant is scoped by it; others are shared.
Why: a forgotten condition in one query of a multi-tenant application shows one customer's data to another. Here it
is part of every rule.
Example: `Workspace: {fields: {name: str}, tenant: true}` and `Project: {fields: {workspace: Workspace, name: str
unique}}`.
Changes: a scoped entity's own reference to the tenant is stored from the request's tenant; one that is further away
gets a hidden reference of its own, stored from the row that it belongs to, so that no query has to walk. The scope
joins every rule, and uniqueness holds within the tenant.
When not: where each customer has a database of their own.
"""

from collections import deque
from dataclasses import replace

from backsmith.design import naming
from backsmith.design.expressions import And, Collection, Compare, Comparison, Expr, In, Path, Tenant, User
from backsmith.design.model import Design, Entity, Field, Given, NoOverlap, OnDelete, Unique
from backsmith.design.types import Inverse, Ref

MEMBERSHIP = "Membership"


def expand(design: Design) -> Design:
    """Scope every entity that belongs to the tenant."""
    tenant = design.tenant
    if tenant is None:
        return design
    paths = tenant_paths(design)
    return replace(design, entities=tuple(_scoped(entity, tenant, paths) for entity in design.entities))


def tenant_paths(design: Design) -> dict[str, tuple[str, ...]]:
    """The shortest required path of references from each scoped entity to the tenant, by the entity's name."""
    if design.tenant is None:
        return {}
    paths: dict[str, tuple[str, ...]] = {}
    reached: deque[tuple[str, tuple[str, ...]]] = deque([(design.tenant.name, ())])
    while reached:
        target, beyond = reached.popleft()
        for entity in design.entities:
            if entity.name in paths or entity.tenant or entity.name == "User":
                continue
            step = next((field.name for field in entity.fields if _leads_to(field, target)), None)
            if step is not None:
                paths[entity.name] = (step, *beyond)
                reached.append((entity.name, paths[entity.name]))
    return paths


def _leads_to(field: Field, target: str) -> bool:
    return isinstance(field.type, Ref) and field.type.targets == (target,) and not field.optional


def _scoped(entity: Entity, tenant: Entity, paths: dict[str, tuple[str, ...]]) -> Entity:
    if entity.tenant:
        return _with_members(entity)
    path = paths.get(entity.name)
    if path is None or entity.name == MEMBERSHIP:
        return entity
    reference = Ref(targets=(tenant.name,))
    name = path[0] if len(path) == 1 else _hidden_name(entity, tenant)
    if len(path) == 1:
        stored = replace(entity.field(name), set=Tenant(type=reference, may_be_null=False), given=Given.SERVER)
        entity = replace(entity, fields=tuple(stored if field.name == name else field for field in entity.fields))
    else:
        walked = Path(type=reference, entity=entity.name, steps=path)
        hidden = Field(
            name=name,
            type=reference,
            private=True,
            set=walked,
            given=Given.SERVER,
            on_delete=OnDelete.RESTRICT,
            origin=entity.origin,
        )
        entity = replace(entity, fields=(*entity.fields, hidden))
    own = Path(type=reference, entity=entity.name, steps=(name,))
    within = Compare(operator=Comparison.EQ, left=own, right=Tenant(type=reference))
    return _unique_within(replace(entity, scope=_both(entity.scope, within)), name, set(paths))


def _hidden_name(entity: Entity, tenant: Entity) -> str:
    name = naming.snake(tenant.name)
    return f"{name}_scope" if any(field.name == name for field in entity.fields) else name


def _with_members(tenant: Entity) -> Entity:
    """The tenant itself is met by its members."""
    account = Ref(targets=("User",))
    members = Field(
        name="memberships",
        type=Inverse(target=MEMBERSHIP, by=naming.snake(tenant.name)),
        given=Given.SERVER,
        private=True,
    )
    users = Collection(type=account, entity=tenant.name, steps=("memberships", "user"), at="User")
    belongs = In(left=User(type=account), right=users)
    return replace(tenant, fields=(*tenant.fields, members), scope=_both(tenant.scope, belongs))


def _both(scope: Expr | None, condition: Expr) -> Expr:
    return condition if scope is None else And(operands=(scope, condition))


def _unique_within(entity: Entity, tenant: str, scoped: set[str]) -> Entity:
    def held(names: tuple[str, ...]) -> bool:
        """Whether the fields keep to one tenant already: one of them is the tenant, or refers to a scoped row."""
        types = (entity.field(name) for name in names)
        return tenant in names or any(
            isinstance(f.type, Ref) and not f.optional and f.type.targets[0] in scoped for f in types
        )

    def widened(constraint: Unique | NoOverlap) -> tuple[str, ...]:
        return constraint.fields if held(constraint.fields) else (tenant, *constraint.fields)

    single = tuple(
        Unique(fields=(tenant, field.name), origin=field.origin)
        for field in entity.fields
        if field.unique and field.name != "id" and not held((field.name,))
    )
    widened_fields = {constraint.fields[1] for constraint in single}
    return replace(
        entity,
        fields=tuple(
            replace(field, unique=False, index=True) if field.name in widened_fields else field
            for field in entity.fields
        ),
        unique=single + tuple(replace(constraint, fields=widened(constraint)) for constraint in entity.unique),
        no_overlap=tuple(replace(constraint, fields=widened(constraint)) for constraint in entity.no_overlap),
    )
