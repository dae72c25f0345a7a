"""`tools/seed.py`: example data that keeps every constraint, told apart by number and the same every time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.model import Design, Entity, Field
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python import seeds
from backsmith.writers.python.code import Code, name
from backsmith.writers.python.order import ordered
from backsmith.writers.python.page import printed
from backsmith.writers.python.seeds import Line, Words

PATH = "tools/seed.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A row that another refers to."""

    variable: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The pairs of a many-to-many field."""

    table: Code
    rows: str
    here: str
    there: str
    targets: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How the rows of one entity are made."""

    variable: str
    model: Code
    number: str
    """The counter of the loop: `_` where no value needs it."""
    how_many: str
    chosen: tuple[Chosen, ...]
    values: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPage(Page):
    template: ClassVar[str] = "tools/seed.py.j2"

    project: str
    roles: tuple[str, ...]
    person: tuple[Line, ...]
    shared: tuple[Fill, ...]
    scoped: tuple[Fill, ...]
    links: tuple[Links, ...]
    scoped_links: tuple[Links, ...]
    given: tuple[str, ...]
    """What the rows of one tenant are made with: the connection, and the shared rows that they refer to."""
    parameters: tuple[str, ...]
    tenant: str
    words: tuple[Words, ...]
    tenants: str
    linked: tuple[Code, ...]
    """What is imported where rows are linked."""
    spells: bool
    """Whether some texts spell a number in an alphabet."""


def files(design: Design) -> dict[str, str]:
    """The command that fills a database, by its path."""
    entities = [entity for entity in ordered(design) if entity.name != "User"]
    seeder = Seeder(design)
    shared = tuple(seeder.fill(entity) for entity in entities if entity.name not in seeder.within)
    scoped = tuple(seeder.fill(entity) for entity in entities if entity.name in seeder.within)
    links = tuple(link for entity in entities if entity.name not in seeder.within for link in seeder.links(entity))
    scoped_links = tuple(link for entity in entities if entity.name in seeder.within for link in seeder.links(entity))
    known = ("rows", "accounts", *(fill.variable for fill in shared))
    given = tuple(word for word in known if _needed(word, scoped, scoped_links))
    person = tuple(seeder.person())
    told = [line.code for line in (*person, *(line for fill in (*shared, *scoped) for line in fill.values))]
    page = SeedPage(
        project=design.name,
        roles=design.auth.roles,
        person=person,
        shared=shared,
        scoped=scoped,
        links=links,
        scoped_links=scoped_links,
        given=("db", "tenant", *given),
        parameters=(
            "db: AsyncConnection",
            "tenant: dict[str, Any]",
            *(f"{word}: {TYPES.get(word, 'Rows')}" for word in given),
        ),
        tenant=names.module(design.tenant) if design.tenant is not None else "",
        words=seeds.words_of(told),
        tenants=seeds.variable(design.tenant) if design.tenant is not None else "",
        linked=(name("sqlalchemy", "Table"),) if links or scoped_links else (),
        spells=seeds.spells(told),
    )
    return {"tools/__init__.py": "", PATH: printed(page)}


TYPES = {"rows": "int"}


def _needed(variable: str, fills: Sequence[Fill], links: Sequence[Links]) -> bool:
    """Whether the rows of a tenant are made with it."""
    chosen = [choice.code for fill in fills for choice in fill.chosen] + [fill.how_many for fill in fills]
    return any(re.search(rf"\b{variable}\b", text) for text in (*chosen, *(link.targets for link in links)))


class Seeder(seeds.Seeder):
    """A row is a dictionary, and those that it refers to are chosen before it is made."""

    def column(self, field: Field) -> str:
        return names.column(field)

    def row(self, entity: Entity, field: Field) -> str:  # noqa: ARG002 - other frameworks need the entity
        """The variable of a row that is referred to: none that means something else here."""
        lists = {entity.plural for entity in self.design.entities}  # of a species there are species
        taken = lists | {"rows", "accounts", "tenant", "db", "n", "role"}
        return f"{field.name}_" if field.name in taken else field.name

    def key(self, row: str) -> str:
        return f'{row}["id"]'

    def read(self, row: str, column: str) -> str:
        return f'{row}["{column}"]'

    def fill(self, entity: Entity) -> Fill:
        """How the rows of an entity are made."""
        chosen, values = tuple(self._chosen(entity)), tuple(self.values(entity))
        return Fill(
            variable=seeds.variable(entity),
            model=names.model(entity),
            number=seeds.number(*(choice.code for choice in chosen), *(line.code.text for line in values)),
            how_many=self.how_many(entity),
            chosen=chosen,
            values=values,
        )

    def _chosen(self, entity: Entity) -> Iterator[Chosen]:
        for field in self.references(entity):
            rows, place = self.rows(field), self.place(entity, field)
            place = f"({place})" if "+" in place else place
            yield Chosen(variable=self.row(entity, field), code=f"{rows}[{place} % len({rows})]")

    def links(self, entity: Entity) -> Iterator[Links]:
        """How the rows of an entity are linked."""
        for field in self.linked(entity):
            here, there = names.pair_columns(entity, field)
            table, targets = names.pairs(entity, field), self.rows(field)
            yield Links(table=table, rows=seeds.variable(entity), here=here, there=there, targets=targets)
