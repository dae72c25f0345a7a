"""`tests/factories.py` and what goes with it: valid rows and bodies of every entity, with what they refer to."""

from dataclasses import dataclass
from typing import Any, ClassVar

from backsmith.contract import Contract
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field
from backsmith.design.naming import a
from backsmith.samples.rows import KEPT, unique_sets
from backsmith.writers.fastapi import models, names, seeds
from backsmith.writers.fastapi.dialect import DIALECT
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.literals import BEGIN, imported, written
from backsmith.writers.python.tests.maker import Line, Maker, counts, leads_to

PATH = "tests/factories.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A many-to-many field that leads to accounts."""

    table: Code
    here: str
    there: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """The functions of one entity."""

    name: str
    doc: str
    model: Code
    key: Code
    parameters: str
    """`*, account: UserId | None = None, ` or nothing."""
    before: tuple[Code, ...]
    """Lines that find out what several rows need."""
    only: Code
    """The column of the account that has at most one such row; or nothing."""
    counted: bool
    values: tuple[Line, ...]
    links: tuple[Links, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFactory:
    """The function that makes bodies of one entity."""

    name: str
    doc: str
    parameters: str
    before: tuple[Code, ...]
    counted: bool
    values: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoriesPage(Page):
    template: ClassVar[str] = "tests/factories.py.j2"

    rows: tuple[Factory, ...]
    bodies: tuple[BodyFactory, ...]
    account: str
    used: tuple[Code, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The factories and the seed command, by their paths."""
    maker = Factories(design, contract)
    rows = tuple(maker.rows(entity) for entity in design.entities)
    bodies = tuple(maker.bodies(entity) for entity in design.entities if not entity.builtin)
    used = tuple(name("tests.rows", word) for word in ("numbers", "stored", "sent"))
    linked: tuple[Code, ...] = (name("tests.rows", "linked"),) if any(row.links for row in rows) else ()
    linked += (name("tests.rows", "row_of"),) if any(row.only for row in rows) else ()
    page = FactoriesPage(rows=rows, bodies=bodies, account=maker.account, used=(*used, *linked, name("typing", "Any")))
    tenancy = {} if design.tenant is None else _tenancy(design, design.tenant)
    return {PATH: printed(page), **tenancy, **seeds.files(design)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TenancyPage(Page):
    template: ClassVar[str] = "tests/tenancy.py.j2"

    phrase: str
    phrases: str
    column: str
    key: Code
    membership: Code
    used: tuple[Code, ...]


def _tenancy(design: Design, tenant: Entity) -> dict[str, str]:
    """How tests belong to a tenant."""
    membership = design.entity("Membership")
    reference = next(f for f in membership.fields if leads_to(f, tenant.name))
    page = TenancyPage(
        phrase=names.phrase(tenant),
        phrases=names.phrases(tenant),
        column=names.column(reference),
        key=models.key_type(design, tenant.name),
        membership=names.model(membership),
        used=(name("tests.conftest", "Account"), name("tests.rows", "stored")),
    )
    return {"tests/tenancy.py": printed(page)}


class Factories(Maker):
    """Prints factories of one design."""

    def __init__(self, design: Design, contract: Contract) -> None:
        super().__init__(design, contract, DIALECT)

    def _parameters(self, words: tuple[str, ...]) -> str:
        types_ = {self.account: self._key("User").text}
        if self.design.tenant is not None:
            types_[self.tenant] = self._key(self.design.tenant.name).text
        asked = [f"{word}: {types_[word]} | None = None" for word in words]
        return "*, " + ", ".join(asked) + ", " if asked else ""

    def _key(self, entity: str) -> Code:
        return models.key_type(self.design, entity)

    def _imports(self, entity: Entity) -> Code:
        """What the parameters' types import."""
        keys = [self._key("User")] if self.account in self.asked(entity) else []
        if self.tenant in self.asked(entity) and self.design.tenant is not None:
            keys.append(self._key(self.design.tenant.name))
        return Code("", frozenset[Any]().union(*(key.imports for key in keys)))

    # Rows

    def rows(self, entity: Entity) -> Factory:
        """The function that stores a row."""
        values = tuple(self._row_values(entity))
        pairs = tuple(self._account_links(entity))
        return Factory(
            name=names.module(entity),
            doc=f"{a(names.phrase(entity)).capitalize()}, with what it needs. Answers its id.",
            model=code("{}", names.model(entity)),
            key=code(
                "{}", Code(self._key(entity.name).text, self._key(entity.name).imports | self._imports(entity).imports)
            ),
            parameters=self._parameters(self.asked(entity)),
            before=self._tenant_first(entity),
            only=self._only(entity),
            counted=any(counts(line.code) for line in values),
            values=values,
            links=pairs,
        )

    def _only(self, entity: Entity) -> Code:
        unique = (entity.field(fields[0]) for fields in unique_sets(entity) if len(fields) == 1)
        field = next((field for field in unique if leads_to(field, "User")), None)
        return Code("") if field is None else code("{}.{}", names.model(entity), names.column(field))

    def _tenant_first(self, entity: Entity) -> tuple[Code, ...]:
        if self.tenant not in self.asked(entity) or self.design.tenant is None:
            return ()
        return (Code(f"{self.tenant} = {self.tenant} or await {names.module(self.design.tenant)}()"),)

    def _row_values(self, entity: Entity) -> list[Line]:
        plain = self.samples.plain(entity.name)
        lines = []
        for field in models.own_columns(entity):
            value = self._row_value(entity, field, plain)
            if value is not None:
                lines.append(Line(name=names.column(field), code=value))
        if entity.name == "User":
            lines.append(Line(name="verified_at", code=BEGIN))
        return lines

    def _row_value(self, entity: Entity, field: Field, plain: Any) -> Code | None:
        if field.name in KEPT:
            return None
        if isinstance(field.type, types.Ref):
            return self._reference(entity, field)
        if entity.name == "User" and field.name in ACCOUNT:
            return ACCOUNT[field.name]
        if field.set is not None:
            return written(self.samples.stored(field, self.samples.row(entity)))
        numbered = self.samples.numbered(entity, field)
        if numbered is not None and not (field.optional and plain.get(field.name) is None):
            return imported(numbered.form)
        value = plain.get(field.name)
        return None if value is None else written(value)

    def _reference(self, entity: Entity, field: Field) -> Code | None:
        assert isinstance(field.type, types.Ref)
        if field == tenant_field(self.design, entity):
            return Code(self.tenant)
        if field.type.target == "User":
            return Code(self.account if field.optional else self.other(field))
        return None if field.optional else Code(f'given.get("{names.column(field)}") or {self.other(field)}')

    def _account_links(self, entity: Entity) -> list[Links]:
        found = []
        for field in entity.fields:
            if isinstance(field.type, types.Many) and field.type.target == "User":
                here, there = names.pair_columns(entity, field)
                found.append(Links(table=names.pairs(entity, field), here=here, there=there))
        return found

    # Bodies

    def bodies(self, entity: Entity) -> BodyFactory:
        """The function that makes the body of a row, without what can be left out."""
        values = self.body_values(entity)
        return BodyFactory(
            name=f"{names.module(entity)}_body",
            doc=f"What makes {a(names.phrase(entity))}, without what can be left out.",
            parameters=self._parameters(self.body_words(entity)),
            before=self._tenant_first(entity) if self.tenant in self.body_words(entity) else (),
            counted=any(counts(line.code) for line in values),
            values=values,
        )


ACCOUNT = {
    "email": Code('f"someone{n}@example.com"'),
    "name": Code('"Someone"'),
    "roles": Code("[]"),
    "active": Code("True"),
}
