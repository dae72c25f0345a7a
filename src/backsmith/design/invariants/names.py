"""Names: code can spell them, the language, Python, databases and the project leave them free, none comes twice."""

from collections.abc import Iterable, Iterator
from re import Pattern
from unicodedata import combining, normalize

from backsmith.design import naming
from backsmith.design.invariants.telling import of_entity, wrong
from backsmith.design.model import Action, Design, Entity, Field, Given, Move
from backsmith.design.types import Bool, Inverse, Many, Ref
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.origin import Origin


def names(design: Design) -> Iterator[Diagnostic]:
    """Every name of a design."""
    for entity in design.entities:
        if not entity.builtin:
            yield from _entity_name(entity)
        yield from _field_names(design, entity)
        yield from _operations(entity)
        if design.api.links:
            yield from _links(entity)
    for embedded in design.embedded:
        yield from (problem for field in embedded.fields for problem in _spelled(field.name, "a field", field.origin))
        yield from _twice(((field.name, field.name, field.origin) for field in embedded.fields), "the field")
    yield from _tables(design)
    yield from _served(design)
    yield from _renames(design)


def _entity_name(entity: Entity) -> Iterator[Diagnostic]:
    name = entity.name
    if not naming.ENTITY.fullmatch(name):
        hint = f"write `{_as_entity(name)}`"
        yield wrong("bad-name", f"`{name}` cannot be the name of an entity", entity.origin, hint)
    elif len(name) > naming.LONGEST:
        yield wrong("bad-name", f"a name has at most {naming.LONGEST} characters", entity.origin, "shorten it")
    elif name in naming.RESERVED_ENTITIES or naming.snake(name) in naming.PYTHON_WORDS:
        message = f"`{name}` is a word or a class that the written code has already"
        yield wrong("reserved-name", message, entity.origin, f"write `{name}Item`, or a closer word")


def _as_entity(name: str) -> str:
    found = "".join(c for c in naming.title(naming.snake(name)) if c.isascii() and c.isalnum()).lstrip("0123456789")
    return found[:1].upper() + found[1:] or "Product"


def _field_names(design: Design, entity: Entity) -> Iterator[Diagnostic]:
    own = [field for field in entity.fields if field.name != "*"]
    for field in own:
        if not _built_in(entity, field):
            yield from _field_name(design, field)
    yield from _columns(own)


def _built_in(entity: Entity, field: Field) -> bool:
    if entity.name != "User":
        return entity.builtin
    return field.given is Given.SERVER and field.origin is None


def _field_name(design: Design, field: Field) -> Iterator[Diagnostic]:
    name, origin = field.name, field.origin
    spelled = list(_spelled(name, "a field", origin))
    yield from spelled
    if spelled:
        return
    if name in naming.IMPLICIT_FIELDS:
        yield wrong("reserved-name", f"every row has `{name}` already", origin, "leave it out, or give it another name")
    elif name in naming.LIST_PARAMETERS:
        yield wrong(
            "reserved-name",
            f"`{name}` is a parameter of every list, and could not be filtered by",
            origin,
            _other(name),
        )
    elif name in naming.PYTHON_TYPES:
        yield wrong("reserved-name", f"`{name}` is a name of Python that every class needs", origin, _other(name))
    elif name in naming.CLASS_MEMBERS or name.startswith("model_"):
        yield wrong("reserved-name", f"`{name}` is what the written classes have already", origin, _other(name))
    elif name in naming.SYSTEM_COLUMNS:
        yield wrong("reserved-name", f"`{name}` is a column that the database keeps for itself", origin, _other(name))
    elif name == "links" and design.api.links:
        yield wrong("reserved-name", "`links` is in every answer where `api.links` is on", origin, _other(name))
    elif name in design.auth.roles and isinstance(field.type, Bool):
        hint = f"write `is_{name}`, or rename the role"
        yield wrong("ambiguous-name", f"`{name}` is a role too, and a rule could mean either", origin, hint)


def _other(name: str) -> str:
    return f"give it another name, such as `{name}_value`"


def _spelled(name: str, what: str, origin: Origin | None, pattern: Pattern[str] = naming.FIELD) -> Iterator[Diagnostic]:
    if "__" in name:
        yield wrong("bad-name", f"`{name}` holds `__`, which stands for paths in filters", origin, "use a single `_`")
    elif not pattern.fullmatch(name):
        hint = f"small letters, digits and `_`: `{_as_field(name)}`"
        yield wrong("bad-name", f"`{name}` cannot be the name of {what}", origin, hint)
    elif len(name) > naming.LONGEST:
        yield wrong("bad-name", f"a name has at most {naming.LONGEST} characters", origin, "shorten it")
    elif name in naming.PYTHON_WORDS:
        yield wrong("reserved-name", f"`{name}` is a word of Python", origin, _other(name))
    elif name in naming.LANGUAGE_WORDS or name in naming.CONSTANTS:
        yield wrong("reserved-name", f"`{name}` is a word of the language", origin, _other(name))


def _as_field(name: str) -> str:
    plain = "".join(c for c in normalize("NFKD", naming.snake(name).casefold()) if not combining(c))
    found = "".join(c if c.isascii() and c.isalnum() else "_" for c in plain)
    return "_".join(part for part in found.split("_") if part).lstrip("0123456789_") or "name"


def _columns(fields: list[Field]) -> Iterator[Diagnostic]:
    """A reference `customer` has the column `customer_id`."""
    named = {field.name: field for field in fields}
    for field in fields:
        other = named.get(f"{field.name}_id") if isinstance(field.type, Ref) else None
        if other is not None:
            hint = f"leave it out: `{field.name}` is its id already"
            yield wrong(
                "duplicate-name", f"the column of `{field.name}` is called `{other.name}` too", other.origin, hint
            )


def _operations(entity: Entity) -> Iterator[Diagnostic]:
    """Moves and actions: functions and paths, below the entity's own."""
    below: tuple[Move | Action, ...] = (*entity.moves, *entity.actions)
    for name, origin in ((each.name, each.origin) for each in below):
        taken = naming.OPERATIONS + naming.SUB_PATHS
        if name in taken:
            yield wrong("reserved-name", f"every entity has `{name}` already", origin, "give it another name")
        else:
            yield from _spelled(name, "a move or an action", origin)
    yield from _twice(((each.name, each.name, each.origin) for each in below), "the move or action")
    for each in below:
        yield from (problem for field in each.input for problem in _spelled(field.name, "a field", field.origin))
    for check in entity.checks:
        yield from _spelled(check.name, "a check", check.origin)


def _links(entity: Entity) -> Iterator[Diagnostic]:
    """What can be done with a row and where it leads stand in one object."""
    own = {"self", "update", "delete", "history", *(m.name for m in entity.moves), *(a.name for a in entity.actions)}
    for field in entity.fields:
        if field.name in own and isinstance(field.type, Ref | Inverse):
            message = f"in `links`, `{field.name}` is something else already"
            yield wrong("duplicate-name", message, field.origin, _other(field.name))


def _served(design: Design) -> Iterator[Diagnostic]:
    """Operations: no move or action is served by a function that something else is served by."""
    taken = dict.fromkeys(naming.ACCOUNT_OPERATIONS, "an operation of every project")
    for entity in design.entities:
        one = naming.snake(entity.name)
        for operation in (f"list_{entity.plural}", f"export_{entity.plural}", f"{one}_history"):
            taken.setdefault(operation, f"an operation of `{entity.name}`")
        for verb in ("get", "create", "update", "replace", "delete", "restore"):
            taken.setdefault(f"{verb}_{one}", f"an operation of `{entity.name}`")
    for entity in design.entities:
        below: tuple[Move | Action, ...] = (*entity.moves, *entity.actions)
        for each in below:
            on_all = isinstance(each, Action) and not each.item
            operation = f"{each.name}_{entity.plural if on_all else naming.snake(entity.name)}"
            if operation in taken and each.name not in naming.OPERATIONS + naming.SUB_PATHS:
                message = f"`{each.name}` of `{entity.name}` is served as `{operation}`, which is {taken[operation]}"
                yield wrong("duplicate-name", message, each.origin, "give it another name")
            taken.setdefault(operation, f"the move or action `{each.name}` of `{entity.name}`")


def _twice(found: Iterable[tuple[str, str, Origin | None]], what: str) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for key, name, origin in found:
        if key in seen:
            yield wrong(
                "duplicate-name", f"{what} `{name}` clashes with `{seen[key]}`", origin, "give one of them another name"
            )
        seen.setdefault(key, name)


def _tables(design: Design) -> Iterator[Diagnostic]:
    """Tables, modules and paths are named after entities."""
    yield from _twice(((naming.snake(e.name), e.name, e.origin) for e in design.entities), "the entity")
    plurals: dict[str, str] = {}
    for entity in design.entities:
        origin = of_entity(design, entity, "plural")
        if entity.plural in plurals and naming.snake(entity.name) != naming.snake(plurals[entity.plural]):
            message = f"`{entity.name}` and `{plurals[entity.plural]}` both have the plural `{entity.plural}`"
            yield wrong("duplicate-plural", message, origin, "name one of them otherwise, or say `plural: ...`")
        elif entity.plural in naming.RESERVED_TABLES | naming.RESERVED_PATHS:
            message = f"the plural of `{entity.name}`, `{entity.plural}`, is a table or a path of every project"
            yield wrong("reserved-name", message, origin, "name it otherwise, or say `plural: ...`")
        elif entity.plural != naming.plural(naming.snake(entity.name)):
            yield from _spelled(entity.plural, "a table", origin)
        plurals.setdefault(entity.plural, entity.name)
    yield from _tables_of_pairs(design, plurals)


def _tables_of_pairs(design: Design, plurals: dict[str, str]) -> Iterator[Diagnostic]:
    """Many-to-many is a table named after entity and field."""
    for entity in design.entities:
        for field in entity.fields:
            table = f"{naming.snake(entity.name)}_{field.name}"
            if isinstance(field.type, Many) and table in plurals:
                message = f"the table of `{field.name}` is called `{table}`, like that of {plurals[table]}"
                hint = f"give the field another name, or leave it out: {plurals[table]} links them already"
                yield wrong("duplicate-plural", message, field.origin, hint)


def _renames(design: Design) -> Iterator[Diagnostic]:
    yield from _was([(each.name, each.was, each.origin) for each in design.entities])
    for entity in design.entities:
        yield from _was([(each.name, each.was, each.origin) for each in entity.fields])


def _was(found: list[tuple[str, str | None, Origin | None]]) -> Iterator[Diagnostic]:
    present, sources = {name for name, _, _ in found}, set[str]()
    for name, was, origin in found:
        if was is None:
            continue
        if was in present:
            yield wrong(
                "wrong-rename", f"`{name}` cannot have been `{was}`, which is still there", origin, "leave `was` out"
            )
        elif was in sources:
            yield wrong("wrong-rename", f"`{was}` cannot have become two things", origin, "leave one `was` out")
        sources.add(was)
