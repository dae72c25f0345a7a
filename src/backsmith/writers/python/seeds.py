"""Example data: which rows fill a database, so that every constraint is kept, the same in every run."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backsmith.design import types
from backsmith.design.expressions import Expr, Now, Path, Today
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field
from backsmith.samples.rows import KEPT, Samples, limits, tied_fields
from backsmith.writers.python.code import Code, code
from backsmith.writers.python.order import late
from backsmith.writers.python.tests.literals import imported, written

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


def words_of(codes: Iterable[Code]) -> tuple[Words, ...]:
    """The lists of words that these name; accounts have first and last names."""
    text = " ".join(("FIRST LAST", *(each.text for each in codes)))
    return tuple(Words(name=key, words=words) for key, words in WORDS.items() if re.search(rf"\b{key}\b", text))


def spells(codes: Iterable[Code]) -> bool:
    """Whether some of these spell a number in an alphabet."""
    return any("spelled(" in each.text for each in codes)


def number(*texts: str) -> str:
    """The counter of a loop over these: `_` where none of them needs it."""
    return "n" if re.search(r"\bn\b", " ".join(texts)) else "_"


def within_tenants(design: Design) -> frozenset[str]:
    """The entities whose rows belong to one tenant."""
    return frozenset(
        entity.name
        for entity in design.entities
        if tenant_field(design, entity) is not None or entity.name == "Membership"
    )


def _own(value: Code) -> Code:
    """The code without what it would import from tests: the seed has its own."""
    return Code(value.text, frozenset(line for line in value.imports if line.module != "tests.rows"))


def variable(entity: Entity) -> str:
    """What the rows of an entity are called where they are made."""
    if entity.name == "User":
        return "accounts"
    return f"{entity.plural}_" if entity.plural in ("accounts", "rows") else entity.plural


class Seeder(ABC):
    """Prints the rows of one design. What a row is, each framework says."""

    def __init__(self, design: Design) -> None:
        self.design, self.samples, self.within = design, Samples(design), within_tenants(design)
        self.late = late(design)
        self.apart = frozenset(
            field.type.target
            for entity in design.entities
            for field in entity.fields
            if isinstance(field.type, types.Ref) and self.samples.others(entity, field)
        )
        """The entities of which some row refers to two that differ."""

    # What a framework says

    @abstractmethod
    def column(self, field: Field) -> str:
        """What a stored field is called where a row is made."""

    @abstractmethod
    def row(self, entity: Entity, field: Field) -> str:
        """The row that a reference leads to."""

    @abstractmethod
    def key(self, row: str) -> str:
        """What a reference to this row is."""

    @abstractmethod
    def read(self, row: str, column: str) -> str:
        """What a row has in a column."""

    # Rows

    def person(self) -> Iterator[Line]:
        """What accounts have beside address, name and roles."""
        user = self.design.entity("User")
        for field in _own_columns(user):
            if field.name not in ("email", "name", "roles", "active") and not isinstance(field.type, types.Ref):
                value = self._value(user, field)
                if value is not None:
                    yield Line(name=self.column(field), code=value)

    def how_many(self, entity: Entity) -> str:
        """How many rows there are of an entity."""
        if entity.whole is not None:
            return f"min(2, rows) * len({variable(self.target(entity.field(entity.whole)))})"
        if entity.name == "Membership":
            return "len(accounts)"
        if entity.name in self.apart:
            return "2" if entity.tenant else "max(2, rows)"
        return "min(2, rows)" if entity.tenant else "rows"

    def target(self, field: Field) -> Entity:
        """The entity that a reference leads to."""
        assert isinstance(field.type, types.Ref | types.Many)
        return self.design.entity(field.type.target)

    def rows(self, field: Field) -> str:
        """The rows that a reference may lead to."""
        return variable(self.target(field))

    def place(self, entity: Entity, field: Field) -> str:
        """Which of them the row `n` has: the parts of a whole follow one another."""
        place = "n // min(2, rows)" if field.name == entity.whole else "n"
        others = self.samples.others(entity, field)
        return f"{place} + {len(others)}" if others else place

    def references(self, entity: Entity) -> Iterator[Field]:
        """The references that are filled: not those that wait for a table, nor those to the rows being made, nor those
        from a row that everybody shares to one of a tenant."""
        for field in _own_columns(entity):
            if not isinstance(field.type, types.Ref) or field == tenant_field(self.design, entity):
                continue
            circular = field.type.target == entity.name or (entity.name, field.name) in self.late
            inward = not self._reaches(entity, field.type.target)
            if not circular and not inward and not self._is_tenant_of_member(entity, field):
                yield field

    def values(self, entity: Entity) -> Iterator[Line]:
        """What the row `n` has."""
        chosen = {field.name for field in self.references(entity)}
        for field in _own_columns(entity):
            column = self.column(field)
            if field == tenant_field(self.design, entity) or self._is_scope(entity, field):
                yield Line(name=column, code=Code(self.key("tenant")))
            elif field.name in chosen:
                yield Line(name=column, code=Code(self.key(self.row(entity, field))))
            elif field.name not in KEPT and not isinstance(field.type, types.Ref):
                value = self._value(entity, field)
                if value is not None:
                    yield Line(name=column, code=value)

    def linked(self, entity: Entity) -> Iterator[Field]:
        """The many-to-many fields that are filled."""
        for field in entity.fields:
            many = isinstance(field.type, types.Many)
            if many and self.target(field) != entity and self._reaches(entity, self.target(field).name):
                yield field

    def _reaches(self, entity: Entity, target: str) -> bool:
        """Whether the rows of the target are there when those of the entity are made."""
        return entity.name in self.within or target not in self.within

    def _is_tenant_of_member(self, entity: Entity, field: Field) -> bool:
        return entity.name == "Membership" and self.target(field).tenant

    def _is_scope(self, entity: Entity, field: Field) -> bool:
        return isinstance(field.type, types.Ref) and self._is_tenant_of_member(entity, field)

    # Values

    def _value(self, entity: Entity, field: Field) -> Code | None:
        value = self._any_value(entity, field)
        return None if value is None else _own(value)

    def _any_value(self, entity: Entity, field: Field) -> Code | None:
        if field.set is not None:
            return self._set(entity, field, field.set)
        if entity.name == "Membership" and field.name == "roles":
            roles = self.read(self.row(entity, entity.field("user")), "roles")
            return Code(f'[role for role in {roles} if role != "admin"]')
        numbered = self.samples.numbered(entity, field)
        if numbered is not None:
            return self._told_apart(entity, field, numbered.form)
        tied = field.name in tied_fields(entity)
        if tied or any(move.field == field.name for move in entity.moves) or field.readonly:
            value = self.samples.plain(entity.name).get(field.name)
            return None if value is None else written(value)
        return self._varied(entity, field)

    def _set(self, entity: Entity, field: Field, expr: Expr) -> Code:
        match expr:
            case Path(steps=(reference, last)) if any(f.name == reference for f in self.references(entity)):
                target = self.target(entity.field(reference))
                if target.name != "User" and target.field(last).stored and last not in KEPT:
                    row = self.row(entity, entity.field(reference))
                    return Code(self.read(row, self.column(target.field(last))))
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


def _own_columns(entity: Entity) -> tuple[Field, ...]:
    """The stored fields, without those that every row has."""
    return tuple(field for field in entity.fields if field.stored and field.name not in ("id", *KEPT))
