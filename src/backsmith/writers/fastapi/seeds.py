"""`tools/seed.py`: example data that keeps every constraint, told apart by number and the same every time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import Expr, Now, Path, Today
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field
from backsmith.samples.rows import KEPT, Samples, limits, read_by
from backsmith.writers.fastapi import migrations, models, names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.literals import imported, written

PATH = "tools/seed.py"

PEOPLE = re.compile(r"User|Person|Patient|Customer|Client|Employee|Author|Student|Teacher|Guest|Contact|Doctor|Member$")
"""Entities whose names are those of people."""
SAID = re.compile(r"description|note|text|body|details|comment|reason|summary|findings|topic|purpose|about|message")
"""Fields that hold sentences."""

WORDS: dict[str, tuple[str, ...]] = {
    "FIRST": ("Ada", "Ben", "Chloe", "Dilan", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kemal", "Lena"),
    "LAST": ("Abel", "Brandt", "Costa", "Duman", "Ekström", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Kaya"),
    "KINDS": ("quiet", "bright", "early", "northern", "plain", "second", "open", "little", "green"),
    "THINGS": (
        "harbour",
        "lantern",
        "meadow",
        "bridge",
        "kettle",
        "garden",
        "signal",
        "orchard",
        "window",
        "ferry",
        "mill",
    ),
    "PLACES": ("Aarhus", "Bremen", "Cork", "Delft", "Évora", "Freiburg", "Ghent", "Haarlem", "Izmir"),
    "SENTENCES": (
        "As agreed on the phone.",
        "Please look at this before Friday.",
        "Nothing out of the ordinary.",
        "Works well, and looks good too.",
        "A first version; more will follow.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One list of words."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One column of a row."""

    name: str
    code: Code


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
    entities = [entity for entity in migrations.ordered(design) if entity.name != "User"]
    within = frozenset(
        entity.name for entity in entities if tenant_field(design, entity) is not None or entity.name == "Membership"
    )
    seeder = Seeder(design, within)
    shared = tuple(seeder.fill(entity) for entity in entities if entity.name not in within)
    scoped = tuple(seeder.fill(entity) for entity in entities if entity.name in within)
    links = tuple(link for entity in entities if entity.name not in within for link in seeder.links(entity))
    scoped_links = tuple(link for entity in entities if entity.name in within for link in seeder.links(entity))
    known = ("rows", "accounts", *(fill.variable for fill in shared))
    given = tuple(word for word in known if _needed(word, scoped, scoped_links))
    person = tuple(seeder.person())
    text = "FIRST LAST " + " ".join(line.code.text for fill in (*shared, *scoped) for line in fill.values)
    text += " ".join(line.code.text for line in person)
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
        words=tuple(Words(name=key, words=words) for key, words in WORDS.items() if re.search(rf"\b{key}\b", text)),
        tenants=design.tenant.plural if design.tenant is not None else "",
        linked=(name("sqlalchemy", "Table"),) if links or scoped_links else (),
        spells="spelled(" in text,
    )
    return {"tools/__init__.py": "", PATH: printed(page)}


TYPES = {"rows": "int"}


def _needed(variable: str, fills: Sequence[Fill], links: Sequence[Links]) -> bool:
    """Whether the rows of a tenant are made with it."""
    chosen = [choice.code for fill in fills for choice in fill.chosen] + [fill.how_many for fill in fills]
    return any(re.search(rf"\b{variable}\b", text) for text in (*chosen, *(link.targets for link in links)))


def _own(value: Code) -> Code:
    """The code without what it would import from tests: the seed has its own."""
    return Code(value.text, frozenset(line for line in value.imports if line.module != "tests.rows"))


class Seeder:
    """Prints the rows of one design. within: the entities whose rows belong to one tenant."""

    def __init__(self, design: Design, within: frozenset[str]) -> None:
        self.design, self.samples, self.within = design, Samples(design), within
        self.late = migrations.late(design)
        self.apart = frozenset(
            field.type.target
            for entity in design.entities
            for field in entity.fields
            if isinstance(field.type, types.Ref) and self.samples.others(entity, field)
        )
        """The entities of which some row refers to two that differ."""

    def person(self) -> Iterator[Line]:
        """What accounts have beside address, name and roles."""
        for field in models.own_columns(self.design.entity("User")):
            if field.name not in ("email", "name", "roles", "active") and not isinstance(field.type, types.Ref):
                value = self._value(self.design.entity("User"), field)
                if value is not None:
                    yield Line(name=names.column(field), code=value)

    def fill(self, entity: Entity) -> Fill:
        """How the rows of an entity are made."""
        chosen, values = tuple(self._chosen(entity)), tuple(self._values(entity))
        text = " ".join((*(choice.code for choice in chosen), *(line.code.text for line in values)))
        return Fill(
            variable=entity.plural,
            model=names.model(entity),
            number="n" if re.search(r"\bn\b", text) else "_",
            how_many=self._how_many(entity),
            chosen=chosen,
            values=values,
        )

    def _how_many(self, entity: Entity) -> str:
        if entity.whole is not None:
            return f"min(2, rows) * len({self._target(entity.field(entity.whole)).plural})"
        if entity.name == "Membership":
            return "len(accounts)"
        if entity.name in self.apart:
            return "2" if entity.tenant else "max(2, rows)"
        return "min(2, rows)" if entity.tenant else "rows"

    def _target(self, field: Field) -> Entity:
        assert isinstance(field.type, types.Ref)
        return self.design.entity(field.type.target)

    def _references(self, entity: Entity) -> Iterator[Field]:
        """The references that are filled: not those that wait for a table, nor those to the rows being made, nor those
        from a row that everybody shares to one of a tenant."""
        for field in models.own_columns(entity):
            if not isinstance(field.type, types.Ref) or field == tenant_field(self.design, entity):
                continue
            circular = field.type.target == entity.name or (entity.name, field.name) in self.late
            inward = not self._reaches(entity, field.type.target)
            if not circular and not inward and not self._is_tenant_of_member(entity, field):
                yield field

    def _reaches(self, entity: Entity, target: str) -> bool:
        """Whether the rows of the target are there when those of the entity are made."""
        return entity.name in self.within or target not in self.within

    def _is_tenant_of_member(self, entity: Entity, field: Field) -> bool:
        return entity.name == "Membership" and self._target(field).tenant

    def _chosen(self, entity: Entity) -> Iterator[Chosen]:
        for field in self._references(entity):
            target = self._target(field)
            rows = "accounts" if target.name == "User" else target.plural
            place = "n // min(2, rows)" if field.name == entity.whole else "n"
            if others := self.samples.others(entity, field):
                place = f"({place} + {len(others)})"
            yield Chosen(variable=self._row_name(field), code=f"{rows}[{place} % len({rows})]")

    def _row_name(self, field: Field) -> str:
        """The variable of a row that is referred to: none that means something else here."""
        lists = {entity.plural for entity in self.design.entities}  # of a species there are species
        taken = lists | {"rows", "accounts", "tenant", "db", "n", "role"}
        return f"{field.name}_" if field.name in taken else field.name

    def _values(self, entity: Entity) -> Iterator[Line]:
        chosen = {field.name for field in self._references(entity)}
        for field in models.own_columns(entity):
            column = names.column(field)
            if field == tenant_field(self.design, entity) or self._is_scope(entity, field):
                yield Line(name=column, code=Code('tenant["id"]'))
            elif field.name in chosen:
                yield Line(name=column, code=Code(f'{self._row_name(field)}["id"]'))
            elif field.name not in KEPT and not isinstance(field.type, types.Ref):
                value = self._value(entity, field)
                if value is not None:
                    yield Line(name=column, code=value)

    def _is_scope(self, entity: Entity, field: Field) -> bool:
        return isinstance(field.type, types.Ref) and self._is_tenant_of_member(entity, field)

    def links(self, entity: Entity) -> Iterator[Links]:
        for field in entity.fields:
            if (
                isinstance(field.type, types.Many)
                and field.type.target != entity.name
                and self._reaches(entity, field.type.target)
            ):
                here, there = names.pair_columns(entity, field)
                target = self.design.entity(field.type.target)
                targets = "accounts" if target.name == "User" else target.plural
                yield Links(
                    table=names.pairs(entity, field), rows=entity.plural, here=here, there=there, targets=targets
                )

    # Values

    def _value(self, entity: Entity, field: Field) -> Code | None:
        value = self._any_value(entity, field)
        return None if value is None else _own(value)

    def _any_value(self, entity: Entity, field: Field) -> Code | None:
        if field.set is not None:
            return self._set(entity, field, field.set)
        if entity.name == "Membership" and field.name == "roles":
            return Code('[role for role in user["roles"] if role != "admin"]')
        numbered = self.samples.numbered(entity, field)
        if numbered is not None:
            return self._told_apart(entity, field, numbered.form)
        tied = any(field.name in read_by(check.condition, entity) for check in entity.checks)
        if tied or any(move.field == field.name for move in entity.moves) or field.readonly:
            value = self.samples.plain(entity.name).get(field.name)
            return None if value is None else written(value)
        return self._varied(entity, field)

    def _set(self, entity: Entity, field: Field, expr: Expr) -> Code:
        match expr:
            case Path(steps=(reference, last)) if any(f.name == reference for f in self._references(entity)):
                target = self._target(entity.field(reference))
                if target.name != "User" and target.field(last).stored and last not in KEPT:
                    return Code(f'{self._row_name(entity.field(reference))}["{names.column(target.field(last))}"]')
            case Now():
                return Code("START")
            case Today():
                return Code("START.date()")
        return written(self.samples.stored(field, self.samples.row(entity)))

    def _told_apart(self, entity: Entity, field: Field, form: str) -> Code:
        if isinstance(field.type, types.Text) and field.pattern is None and (field.type.length or 60) >= 40:
            if PEOPLE.search(entity.name) and field.name == "name":
                return Code('f"{pick(FIRST, n)} {pick(LAST, n // 5)} {n + 1}"')
            return Code('f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()')
        if isinstance(field.type, types.Slug):
            return Code('f"{pick(THINGS, n)}-{n + 1}"')
        return imported(form)

    def _varied(self, entity: Entity, field: Field) -> Code | None:
        match field.type:
            case types.Text(length=length) if field.pattern is None:
                words = self._words(entity, field)
                return Code(words if length is None or length >= 40 else f"{words}[:{length}]")
            case types.Int() | types.BigInt() | types.Decimal():
                return self._number(entity, field)
            case types.Date() | types.DateTime():
                start = "START" if isinstance(field.type, types.DateTime) else "START.date()"
                return imported(f"{start} - timedelta(days=n)")
            case _:
                values = self.samples.three(entity, field)
                if not values:
                    return None
                return code("{}[n % {}]", written(list(values)), len(values)) if len(values) > 1 else written(values[0])

    def _number(self, entity: Entity, field: Field) -> Code:
        least, most = limits(field)
        low = self.samples.three(entity, field)[0]
        if most is not None and most - (least or 0) < 100:
            values = self.samples.three(entity, field)
            return code("{}[n % {}]", written(list(values)), len(values))
        step = "n * 7 % 90"
        return code("{} + {}", written(low), step)

    def _words(self, entity: Entity, field: Field) -> str:
        if re.search(r"city|town|place", field.name):
            return "pick(PLACES, n)"
        if re.search(r"street|address", field.name):
            return 'f"{n + 1} {pick(THINGS, n).title()} Street"'
        if PEOPLE.search(entity.name) and field.name == "name":
            return 'f"{pick(FIRST, n)} {pick(LAST, n // 5)}"'
        if SAID.search(field.name) or (isinstance(field.type, types.Text) and field.type.length is None):
            return "pick(SENTENCES, n)"
        return 'f"{pick(KINDS, n // 2)} {pick(THINGS, n)}".capitalize()'
