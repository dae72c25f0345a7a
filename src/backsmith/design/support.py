"""What a writer may not be able to write yet: told by name and place, before anything is written."""

from collections.abc import Iterator, Set
from enum import StrEnum

from backsmith.design.model import Database, Design, Entity, Framework
from backsmith.design.types import Ref, Upload
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import in_order


class Support(StrEnum):
    """Parts of the language that not every writer has."""

    IMPORTS = "imports"
    MODELS = "models"
    TASKS = "tasks"
    REALTIME = "realtime"
    SOCIAL = "auth.social"
    GRAPHQL = "api.graphql"
    UPLOADS = "file and image"
    TARGETS = "references with several targets"
    SOURCE = "entities whose source is a query"
    FASTAPI = "framework: fastapi"
    DJANGO = "framework: django"
    SQLITE = "database: sqlite"
    POSTGRESQL = "database: postgresql"
    MYSQL = "database: mysql"
    MONGODB = "database: mongodb"


WHICH_FRAMEWORK = (
    f"write `{Framework.FASTAPI}` for an API, or `{Framework.DJANGO}` where people need an admin site or Django's "
    "packages; there are no others: each has to answer the same contract, request by request"
)
"""What to write in place of a framework that is not written, and why it is not."""

Need = tuple[Support, Origin | None]


def unsupported(design: Design, supports: Set[Support] = frozenset()) -> tuple[Diagnostic, ...]:
    """What the design needs beyond what the writer supports."""
    return in_order(_answer(need, origin) for need, origin in needs(design) if need not in supports)


def needs(design: Design) -> Iterator[Need]:
    """Everything of `Support` that a design uses, and where."""
    yield Support(f"framework: {design.framework}"), design.places.get("framework", design.origin)
    yield Support(f"database: {design.database}"), design.places.get("database", design.origin)
    if design.auth.social:
        yield Support.SOCIAL, design.places.get("auth.social", design.auth.origin)
    if design.api.graphql:
        yield Support.GRAPHQL, design.places.get("api.graphql", design.api.origin)
    yield from ((Support(planned.kind), planned.origin) for planned in design.planned)
    for entity in design.entities:
        yield from _of_entity(design, entity)


def _of_entity(design: Design, entity: Entity) -> Iterator[Need]:
    if entity.source is not None:
        yield Support.SOURCE, design.places.get(f"{entity.name}.source", entity.origin)
    for field in entity.fields:
        origin = design.places.get(f"{entity.name}.{field.name}.type", field.origin)
        if isinstance(field.type, Upload):
            yield Support.UPLOADS, origin
        elif isinstance(field.type, Ref) and len(field.type.targets) > 1:
            yield Support.TARGETS, origin


def _answer(need: Support, origin: Origin | None) -> Diagnostic:
    message = f"this cannot be written yet: {need}"
    return Diagnostic(
        code="unsupported", message=message, hint=_INSTEAD.get(need, "leave it out for now"), origin=origin
    )


_INSTEAD = {
    Support.MYSQL: f"write `database: {Database.POSTGRESQL}`",
    Support.MONGODB: f"write `database: {Database.POSTGRESQL}`",
    Support.SOURCE: "leave out `source`: the entity gets a table",
    Support.TARGETS: "use one optional reference to each",
    Support.UPLOADS: "keep a `url` for now",
}
