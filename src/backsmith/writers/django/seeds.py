"""`manage.py seed`: example data that keeps every constraint, told apart by number and the same every time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.model import Design, Entity, Field
from backsmith.writers.django import names
from backsmith.writers.django.dialect import model
from backsmith.writers.django.page import Page
from backsmith.writers.python import seeds
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.order import ordered
from backsmith.writers.python.page import Named, printed
from backsmith.writers.python.seeds import Line, Words

PATH = "apps/core/management/commands/seed.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How the rows of one table are made."""

    variable: str
    """What holds them; nothing where no other row needs them."""
    model: Code
    values: tuple[Line, ...]
    over: str
    """What the rows are counted by: `n in range(rows)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPage(Page):
    template: ClassVar[str] = "apps/core/seed.py.j2"

    roles: tuple[str, ...]
    person: tuple[Line, ...]
    shared: tuple[Fill, ...]
    scoped: tuple[Fill, ...]
    tenant: str
    tenants: str
    given: tuple[Named, ...]
    """What the rows of one tenant are made with, by its type."""
    words: tuple[Words, ...]
    linked: tuple[Code, ...]
    """What is imported where rows are linked."""
    spells: bool
    """Whether some texts spell a number in an alphabet."""
    uses_accounts: bool
    used: tuple[Code, ...]


def files(design: Design) -> dict[str, str]:
    """The command that fills a database, by its path."""
    entities = [entity for entity in ordered(design) if entity.name != "User"]
    seeder = Seeder(design)
    shared = seeder.fills([entity for entity in entities if entity.name not in seeder.within])
    scoped = seeder.fills([entity for entity in entities if entity.name in seeder.within])
    person = tuple(seeder.person())
    told = [line.code for line in (*person, *(line for fill in (*shared, *scoped) for line in fill.values))]
    links = any("linked(" in fill.over for fill in (*shared, *scoped))
    page = SeedPage(
        roles=design.auth.roles,
        person=person,
        shared=_held(shared, scoped, design.tenant),
        scoped=_held(scoped, []),
        tenant=names.phrase(design.tenant) if design.tenant is not None else "",
        tenants=seeds.variable(design.tenant) if design.tenant is not None else "",
        given=tuple(seeder.given(scoped)),
        words=seeds.words_of(told),
        linked=(name("collections.abc", "Iterator"),) if links else (),
        spells=seeds.spells(told),
        uses_accounts=_names("accounts", [*shared, *scoped]),
        used=(name("apps.accounts.models", "User"),),
    )
    return {PATH: printed(page)}


def _held(fills: list[Fill], later: list[Fill], tenant: Entity | None = None) -> tuple[Fill, ...]:
    """The same, where only rows that are needed again have a variable."""
    kept = {seeds.variable(tenant)} if tenant is not None else set()
    return tuple(
        Fill(
            variable=fill.variable
            if fill.variable in kept or _names(fill.variable, [*fills[place + 1 :], *later])
            else "",
            model=fill.model,
            values=fill.values,
            over=fill.over,
        )
        for place, fill in enumerate(fills)
    )


def _names(variable: str, fills: list[Fill]) -> bool:
    """Whether rows are made with it."""
    texts = (text for fill in fills for text in (fill.over, *(line.code.text for line in fill.values)))
    return bool(variable) and any(re.search(rf"\b{variable}\b", text) for text in texts)


class Seeder(seeds.Seeder):
    """A row is an instance of its model."""

    def column(self, field: Field) -> str:
        return field.name

    def row(self, entity: Entity, field: Field) -> str:
        return f"pick({self.rows(field)}, {self.place(entity, field)})"

    def key(self, row: str) -> str:
        return row

    def read(self, row: str, column: str) -> str:
        return f"{row}.{column}"

    def fills(self, entities: Sequence[Entity]) -> list[Fill]:
        """How the rows of entities are made, and then linked."""
        return [*map(self._rows, entities), *(link for entity in entities for link in self._links(entity))]

    def _rows(self, entity: Entity) -> Fill:
        values = tuple(self.values(entity))
        counter = seeds.number(*(line.code.text for line in values))
        over = f"{counter} in range({self.how_many(entity)})"
        return Fill(variable=seeds.variable(entity), model=model(self.design, entity), values=values, over=over)

    def _links(self, entity: Entity) -> Iterator[Fill]:
        for field in self.linked(entity):
            label = names.app(self.design, entity)
            pairs = name(f"apps.{label}.models", names.pairs_class(entity, field))
            ends = zip(names.pair_fields(entity, field), ("one", "other"), strict=True)
            over = f"one, other in linked({seeds.variable(entity)}, {self.rows(field)})"
            linked = tuple(Line(name=end, code=Code(row)) for end, row in ends)
            yield Fill(variable="", model=pairs, values=linked, over=over)

    def given(self, scoped: list[Fill]) -> Iterator[Named]:
        """What the rows of a tenant are made with: itself, and what everybody shares."""
        if self.design.tenant is None:
            return
        yield Named(name="tenant", code=model(self.design, self.design.tenant))
        if _names("rows", scoped):
            yield Named(name="rows", code=Code("int"))
        everybody = [self.design.entity("User")]
        everybody += [each for each in ordered(self.design) if each.name not in self.within and each not in everybody]
        lists = [(seeds.variable(each), each) for each in everybody]
        for variable, entity in lists:
            if _names(variable, scoped):
                yield Named(name=variable, code=code("list[{}]", model(self.design, entity)))
