"""References: they lead somewhere, a first row can be made, and parts belong to one whole."""

from collections.abc import Iterator

from backsmith.design.invariants.telling import doubtful, of_entity, of_field, wrong
from backsmith.design.model import Design, Entity, Field
from backsmith.design.naming import snake
from backsmith.design.scope import find_entity, is_broken
from backsmith.design.types import Inverse, Many, Parts, Ref
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.report import did_you_mean, listing

Told = Iterator[Diagnostic]


def references(design: Design) -> Told:
    """Every reference of a design."""
    for entity in design.entities:
        for field in entity.fields:
            yield from _inverse(design, entity, field)
            yield from _many(design, entity, field)
    yield from _accounts(design)
    yield from _wholes(design)
    yield from _part_entities(design)
    yield from _cycles(design)
    yield from _one_tenant(design)


def _accounts(design: Design) -> Told:
    """Whoever registers sends an address, a name and a password, and nothing that refers to other rows."""
    account = find_entity(design, "User")
    for field in account.fields if account else ():
        hint = (
            f"make it optional: `{field.name}: {', '.join(field.type.targets)}?`" if isinstance(field.type, Ref) else ""
        )
        if (
            account
            and isinstance(field.type, Ref)
            and not field.optional
            and field.default is None
            and field.set is None
        ):
            yield wrong("not-on-built-in", f"nobody could register without `{field.name}`", field.origin, hint)
        elif account and isinstance(field.type, Parts):
            yield wrong("not-on-built-in", "accounts have no parts", field.origin, "refer to `User` from there")
        elif account and field.owner:
            yield wrong(
                "not-on-built-in",
                "an account has no owner: it is one",
                field.origin,
                "compare in rules: `id == user.id`",
            )


def _inverse(design: Design, entity: Entity, field: Field) -> Told:
    if not isinstance(field.type, Inverse):
        return
    target = find_entity(design, field.type.target)
    if target is None or is_broken(target):
        return
    back = [each.name for each in target.fields if _refers(each, entity)]
    if field.type.by in back:
        return
    origin = of_field(design, entity, field, "by")
    named = next((each for each in target.fields if each.name == field.type.by), None)
    if named is not None and isinstance(named.type, Many):
        message = f"`{named.name}` is many-to-many, and only a reference has another end"
        yield wrong(
            "wrong-inverse", message, origin, f"filter instead: `?{named.name}=ID` on the list of {target.plural}"
        )
        return
    message = f"{target.name} has no reference `{field.type.by}` to {entity.name}"
    hint = did_you_mean(
        field.type.by,
        back,
        f"it has {listing(back, 'and')}" if back else f"add one: `{snake(entity.name)}: {entity.name}`",
    )
    yield wrong("wrong-inverse", message, origin, hint)


def _refers(field: Field, entity: Entity) -> bool:
    return isinstance(field.type, Ref) and entity.name in field.type.targets


def _many(design: Design, entity: Entity, field: Field) -> Told:
    if not isinstance(field.type, Many):
        return
    target = find_entity(design, field.type.target)
    if target is None:
        return
    if target.whole:
        message = f"{target.name} is a part of one {_whole_of(target)}, and cannot be linked to many"
        yield wrong("wrong-part", message, field.origin, f"link to {_whole_of(target)} instead")
        return
    back = [each.name for each in target.fields if _refers(each, entity)]
    if len(back) == 1 and target.name != entity.name:
        hint = f"for the other end of it write `{field.name}: {target.name}[] by {back[0]}`"
        yield doubtful(
            "maybe-inverse", f"this is many-to-many, beside the reference {target.name}.{back[0]}", field.origin, hint
        )


def _whole_of(part: Entity) -> str:
    return next(
        (t for f in part.fields if f.name == part.whole and isinstance(f.type, Ref) for t in f.type.targets), ""
    )


def _wholes(design: Design) -> Told:
    """Who holds whom as parts."""
    holders: dict[str, tuple[Entity, Field]] = {}
    for entity in design.entities:
        for field in entity.fields:
            if not isinstance(field.type, Parts):
                continue
            target = field.type.target
            if target in (entity.name, "User") or _holds(design, target, entity.name):
                message = f"{target} cannot be a part of {entity.name}"
                hint = "accounts live on their own" if target == "User" else "use a reference: `parent: Name?`"
                yield wrong("wrong-part", message, of_field(design, entity, field, "part"), hint)
            elif target in holders:
                holder, other = holders[target]
                message = f"{target} is a part already: of {holder.name}, as `{other.name}`"
                yield wrong(
                    "two-wholes",
                    message,
                    of_field(design, entity, field, "part"),
                    "a part belongs to one whole; use references",
                )
            holders.setdefault(target, (entity, field))


def _holds(design: Design, part: str, whole: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether `whole` is, at some depth, itself a part of `part`."""
    entity = find_entity(design, part)
    if entity is None or part in seen:
        return False
    inner = [field.type.target for field in entity.fields if isinstance(field.type, Parts)]
    return whole in inner or any(_holds(design, each, whole, seen | {part}) for each in inner)


def _part_entities(design: Design) -> Told:
    """A part has no life of its own."""
    for entity in design.entities:
        if entity.whole is None:
            continue
        for name, said in (("soft_delete", entity.soft_delete), ("history", entity.history), ("tenant", entity.tenant)):
            if said:
                message = f"{entity.name} is a part, and follows its whole"
                yield wrong("wrong-part", message, of_entity(design, entity, name), f"say `{name}` of the whole")
        for name in ("moves", "actions"):
            if getattr(entity, name):
                message = f"{entity.name} is a part, and has no endpoints of its own"
                yield wrong("wrong-part", message, of_entity(design, entity, name), "say it of the whole")


def _cycles(design: Design) -> Told:
    """Rows that each need the other first can never be made."""
    needed = {
        entity.name: {
            t: f
            for f in entity.fields
            if isinstance(f.type, Ref) and not f.optional
            for t in f.type.targets
            if len(f.type.targets) == 1
        }
        for entity in design.entities
        if entity.name != "User"
    }
    told: set[frozenset[str]] = set()
    for entity in design.entities:
        cycle = _cycle(entity.name, needed)
        if not cycle or frozenset(cycle) in told:
            continue
        told.add(frozenset(cycle))
        field = needed[cycle[0]][cycle[1] if len(cycle) > 1 else cycle[0]]
        way = " -> ".join((*cycle, cycle[0]))
        hint = f"make one of these references optional: `{field.name}: {cycle[1] if len(cycle) > 1 else cycle[0]}?`"
        yield wrong("required-cycle", f"no first row can be made: {way} are all required", field.origin, hint)


def _cycle(start: str, needed: dict[str, dict[str, Field]]) -> tuple[str, ...]:
    """The shortest way of required references from an entity back to itself."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for target in needed.get(way[-1], {}):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def _one_tenant(design: Design) -> Told:
    tenants = [entity for entity in design.entities if entity.tenant]
    for second in tenants[1:]:
        message = f"there is a tenant already: {tenants[0].name}"
        yield wrong("two-tenants", message, of_entity(design, second, "tenant"), "leave out one `tenant: true`")
    if tenants:
        yield from _tenant_paths(design, tenants[0])


def _tenant_paths(design: Design, tenant: Entity) -> Told:
    """An entity with two required references to the tenant could belong to two of them."""
    for entity in design.entities:
        found = [f for f in entity.fields if _refers(f, tenant) and not f.optional]
        if len(found) > 1 and not entity.builtin:
            names = listing((field.name for field in found), "and")
            yield wrong(
                "two-tenants",
                f"{names} could lead to two tenants",
                found[1].origin,
                "make one of them optional, or leave it out",
            )
    if any(isinstance(f.type, Ref) and not f.optional and f.type.targets != ("User",) for f in tenant.fields):
        field = next(
            f for f in tenant.fields if isinstance(f.type, Ref) and not f.optional and f.type.targets != ("User",)
        )
        yield wrong(
            "wrong-tenant",
            "a tenant stands at the top, and depends on nothing but accounts",
            field.origin,
            "make it optional",
        )
