"""The first migrations: every table of the design, in the app that it belongs to.

Where apps refer to each other in a circle, an app has a second one. PostgreSQL is told of a reference only when the
table that it leads to is there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from backsmith.design import types
from backsmith.design.model import Design, Entity, Field
from backsmith.writers.django import names
from backsmith.writers.django.models import Model, field_code, many_code, model_of, pair_model
from backsmith.writers.django.page import Page
from backsmith.writers.django.types import MODELS
from backsmith.writers.python.code import Code, code, name, plain, quoted
from backsmith.writers.python.page import Named, printed

NOW, UUID7 = name("django.utils.timezone", "now"), name("apps.core.uuids", "uuid7")
KEPT = (
    Named(name="created_at", code=code("{}.DateTimeField(default={}, editable=False)", MODELS, NOW)),
    Named(name="updated_at", code=code("{}.DateTimeField(default={}, editable=False)", MODELS, NOW)),
    Named(name="version", code=code("{}.IntegerField(default=1, editable=False)", MODELS)),
)
NUMBER = Named(name="id", code=code("{}.BigAutoField(primary_key=True, serialize=False)", MODELS))
UUID_KEY = Named(
    name="id", code=code("{}.UUIDField(primary_key=True, default={}, serialize=False, editable=False)", MODELS, UUID7)
)
KEYS: dict[str, tuple[Named, ...]] = {"Row": (NUMBER,), "Pair": (NUMBER,), "UuidRow": (UUID_KEY,), "Model": ()}
"""The key of each class that models stand on."""
LATER: dict[str, tuple[Named, ...]] = {"Row": KEPT, "UuidRow": KEPT, "Pair": (), "Model": ()}
"""What such a class has behind a model's own fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step of a migration: a table that is made, or what is added to one."""

    kind: str
    """`CreateModel`, `AddField`, `AddIndex`, `AddConstraint`."""
    label: str
    """The app."""
    model: Model
    needs: tuple[str, ...]
    """The models that have to be there: `orders.Order`."""
    added: Named | None = None
    """What is added; of an index or a constraint, its code alone."""

    @property
    def key(self) -> str:
        return f"{self.label}.{self.model.name}"

    @property
    def arguments(self) -> tuple[Named, ...]:
        """What says of something added what it is."""
        assert self.added is not None
        said = Named(name=self.kind.removeprefix("Add").lower(), code=self.added.code)
        named = Named(name="name", code=Code(quoted(self.added.name)))
        return (named, said) if self.kind == "AddField" else (said,)


@dataclass(slots=True, kw_only=True)
class Migration:
    """A migration in the making."""

    label: str
    number: int
    operations: list[Operation] = field(default_factory=list)
    after: "list[Migration]" = field(default_factory=list)

    @property
    def name(self) -> str:
        if self.number == 1:
            return "0001_initial"
        first = self.operations[0]
        added = f"_{first.added.name}" if first.added is not None and first.added.name else ""
        return f"{self.number:04}_{names.module(first.model.name)}{added}"

    def comes_after(self, other: "Migration") -> bool:
        """Whether it needs the other one, by itself or through others."""
        return self is other or any(each.comes_after(other) for each in self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPage(Page):
    template: ClassVar[str] = "apps/migrations/migration.py.j2"

    title: str
    initial: bool
    dependencies: tuple[tuple[str, str], ...]
    operations: tuple[Operation, ...]
    used: tuple[Code, ...]


def files(design: Design, more: Mapping[str, tuple[Model, ...]] | None = None) -> dict[str, str]:
    """The migrations, by their paths; not yet formatted.

    more: by app, models beside those of the design, which may refer to these.
    """
    found: dict[str, str] = {}
    for migration in planned(design, more or {}):
        found[f"apps/{migration.label}/migrations/__init__.py"] = ""
        found[f"apps/{migration.label}/migrations/{migration.name}.py"] = printed(_page(migration))
    return found


def _page(migration: Migration) -> MigrationPage:
    phrase = migration.label.replace("_", " ")
    before = {(each.label, each.name) for each in migration.after}
    return MigrationPage(
        title=f"The first tables of {phrase}." if migration.number == 1 else f"More tables of {phrase}.",
        initial=migration.number == 1,
        dependencies=tuple(sorted(before)),
        operations=tuple(migration.operations),
        used=(name("django.db", "migrations"),),
    )


# Which migration does what


def planned(design: Design, more: Mapping[str, tuple[Model, ...]]) -> tuple[Migration, ...]:
    """The migrations of every app, each behind those that it needs."""
    chains: dict[str, list[Migration]] = {}
    homes: dict[str, Migration] = {}
    for operation in _operations(design, more):
        chain = chains.setdefault(operation.label, [Migration(label=operation.label, number=1)])
        needed = [homes[need] for need in operation.needs if need in homes]
        others = [each for each in needed if each.label != operation.label]
        if any(each.comes_after(chain[-1]) for each in others):
            chain.append(Migration(label=operation.label, number=len(chain) + 1, after=[chain[-1]]))
        here = chain[-1]
        here.operations.append(operation)
        here.after += [each for each in others if each not in here.after]
        if operation.kind == "CreateModel":
            homes[operation.key] = here
    return tuple(migration for chain in chains.values() for migration in chain)


def _operations(design: Design, more: Mapping[str, tuple[Model, ...]]) -> Iterator[Operation]:
    """Every step, behind what it needs."""
    entities, late = ordered(design)
    for entity in entities:
        yield from _created(design, entity, late)
    for entity in entities:
        for reference in entity.fields:
            if (entity.name, reference.name) in late:
                yield from _added(design, entity, reference)
    for entity in entities:
        for link in entity.fields:
            if isinstance(link.type, types.Many):
                yield from _linked(design, entity, link)
    accounts = names.label(design, design.entity("User"))
    for label, models in more.items():
        for model in models:
            needs = (accounts,) if any("AUTH_USER_MODEL" in each.code.text for each in model.fields) else ()
            yield Operation(kind="CreateModel", label=label, model=_whole(model), needs=needs)


def _created(design: Design, entity: Entity, late: frozenset[tuple[str, str]]) -> Iterator[Operation]:
    waiting = {reference.name for reference in entity.fields if (entity.name, reference.name) in late}
    linked = {link.name for link in entity.fields if isinstance(link.type, types.Many)}
    model = _whole(model_of(design, entity, frozen=True))
    made = replace(
        model,
        fields=tuple(each for each in model.fields if each.name not in waiting | linked),
        constraints=tuple(each for each in model.constraints if not _names_any(each, waiting)),
        indexes=tuple(each for each in model.indexes if not _names_any(each, waiting)),
    )
    needs = tuple(
        names.label(design, design.entity(reference.type.target))
        for reference in entity.fields
        if isinstance(reference.type, types.Ref) and reference.name not in waiting
    )
    yield Operation(kind="CreateModel", label=names.app(design, entity), model=made, needs=needs)


def _added(design: Design, entity: Entity, reference: Field) -> Iterator[Operation]:
    assert isinstance(reference.type, types.Ref)
    label, model = names.app(design, entity), model_of(design, entity, frozen=True)
    needs = (names.label(design, design.entity(reference.type.target)), names.label(design, entity))
    added = Named(name=reference.name, code=field_code(design, entity, reference, frozen=True))
    yield Operation(kind="AddField", label=label, model=_bare(model), needs=needs, added=added)
    for kind, codes in (("AddConstraint", model.constraints), ("AddIndex", model.indexes)):
        for each in codes:
            if _names_any(each, {reference.name}):
                found = Named(name="", code=each)
                yield Operation(kind=kind, label=label, model=_bare(model), needs=needs, added=found)


def _linked(design: Design, entity: Entity, link: Field) -> Iterator[Operation]:
    assert isinstance(link.type, types.Many)
    label, target = names.app(design, entity), names.label(design, design.entity(link.type.target))
    needs = (names.label(design, entity), target)
    pair = _whole(pair_model(design, entity, link))
    yield Operation(kind="CreateModel", label=label, model=pair, needs=needs)
    added = Named(name=link.name, code=many_code(design, entity, link))
    there = (*needs, f"{label}.{pair.name}")
    model = _bare(model_of(design, entity))
    yield Operation(kind="AddField", label=label, model=model, needs=there, added=added)


def _names_any(constraint: Code, fields: set[str]) -> bool:
    """Whether a constraint or an index is about one of the fields."""
    return any(quoted(each) in constraint.text or f"{each}=" in constraint.text for each in fields)


def _whole(model: Model) -> Model:
    """The model with the fields of the class that it stands on."""
    base = plain(model.base.text)
    return replace(model, base=Code(""), called=None, fields=(*KEYS[base], *model.fields, *LATER[base]))


def _bare(model: Model) -> Model:
    """The model where its name alone is told."""
    return Model(name=model.name, base=Code(""), doc="", fields=(), options=(), constraints=(), indexes=())


# The order of the tables


def ordered(design: Design) -> tuple[tuple[Entity, ...], frozenset[tuple[str, str]]]:
    """The entities, each behind those that it refers to; of a cycle, first the one whose references in it may wait.

    And the references, as entity and field, that lead to a table which is made later: those that close a cycle.
    """
    waiting = [entity for entity in design.entities if entity.source is None]
    done: list[Entity] = []
    cut: set[tuple[str, str]] = set()
    while waiting:
        found = next((entity for entity in waiting if not _missing(entity, done)), None)
        if found is None:
            found = next(entity for entity in waiting if all(each.optional for each in _missing(entity, done)))
            cut.update((found.name, each.name) for each in _missing(found, done))
        waiting.remove(found)
        done.append(found)
    return tuple(done), frozenset(cut)


def _missing(entity: Entity, done: list[Entity]) -> list[Field]:
    """The references to tables that are not made yet."""
    there = {entity.name, *(other.name for other in done)}
    return [each for each in entity.fields if isinstance(each.type, types.Ref) and each.type.target not in there]
