"""`links` in answers, where `api.links` is on: where a row is, where it leads, and what can be done with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backsmith.contract.model import Property, Schema
from backsmith.design import naming, types
from backsmith.design.model import Design, Entity, Field, Given

NAME = "links"
METHODS = types.Enum(words=("GET", "POST", "PATCH", "DELETE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperlink:
    """One link of a row. `path` goes on from the row's own; what leads elsewhere names its `field` instead.

    rule: of the row's entity, by name: who is shown the link. state, states: the field of a move, and its sources.
    """

    name: str
    method: str = "GET"
    path: str = ""
    rule: str = "read"
    state: str = ""
    states: tuple[str, ...] = ()
    field: Field | None = None


def has_hyperlinks(design: Design, entity: Entity) -> bool:
    """Whether the entity's rows say where they are. Parts have no place of their own."""
    return design.api.links and entity.whole is None


def hyperlinks(design: Design, entity: Entity) -> tuple[Hyperlink, ...]:
    """Every link that a row may have, itself first; of a name that comes twice, the first."""
    found: dict[str, Hyperlink] = {}
    for link in (*_own(entity), *_leading(design, entity)):
        found.setdefault(link.name, link)
    return tuple(found.values())


def _own(entity: Entity) -> Iterator[Hyperlink]:
    yield Hyperlink(name="self")
    yield Hyperlink(name="update", method="PATCH", rule="update")
    if entity.name != "User":
        yield Hyperlink(name="delete", method="DELETE", rule="delete")
    if entity.history:
        yield Hyperlink(name="history", path="/history")
    for move in entity.moves:
        path = f"/{naming.kebab(move.name)}"
        yield Hyperlink(name=move.name, method="POST", path=path, rule=move.name, state=move.field, states=move.source)
    for action in entity.actions:
        if action.item:
            yield Hyperlink(name=action.name, method="POST", path=f"/{naming.kebab(action.name)}", rule=action.name)


def _leading(design: Design, entity: Entity) -> Iterator[Hyperlink]:
    """References to one, and their inverses: what has a place of its own."""
    for field in entity.fields:
        if field.private:
            continue
        match field.type:
            case types.Ref(target=target) if design.entity(target).whole is None:
                yield Hyperlink(name=field.name, field=field)
            case types.Inverse(target=target) if design.entity(target).whole is None:
                yield Hyperlink(name=field.name, field=field)


def schemas(design: Design) -> Iterator[Schema]:
    """The schema of one link, and of the links of each entity."""
    if not design.api.links:
        return
    text = types.Text()
    given = Given.SERVER
    yield Schema(
        name="Hyperlink",
        properties=(Property(name="href", type=text, given=given), Property(name="method", type=METHODS, given=given)),
    )
    for entity in design.entities:
        if has_hyperlinks(design, entity):
            links = (_link(link) for link in hyperlinks(design, entity))
            yield Schema(name=schema_name(entity), properties=tuple(links))


def _link(link: Hyperlink) -> Property:
    embedded = types.Embedded(name="Hyperlink")
    return Property(name=link.name, type=embedded, required=False, given=Given.SERVER, schema="Hyperlink")


def schema_name(entity: Entity) -> str:
    """The name of the schema of its links: `OrderLinks`."""
    return f"{entity.name}Links"


def of_answer(design: Design, entity: Entity) -> Iterator[Property]:
    """The property that holds the links of a row, where it has any."""
    if has_hyperlinks(design, entity):
        name = schema_name(entity)
        required = entity.name != "User"  # of other people's accounts nobody but admins is told more than the name
        yield Property(name=NAME, type=types.Embedded(name=name), required=required, given=Given.SERVER, schema=name)


def of_body(design: Design, entity: Entity) -> Iterator[Property]:
    """The same in bodies: read-only, so that what was answered can be told from a misspelled name."""
    return (replace(found, required=False) for found in of_answer(design, entity))
