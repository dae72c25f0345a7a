"""`tests/factories.py` and what goes with it: valid rows and bodies of every entity, with what they refer to."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Property, Schema
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.design.naming import a
from backsmith.samples.rows import KEPT, Samples, unique_sets
from backsmith.writers.fastapi import models, names, seeds
from backsmith.writers.fastapi.literals import BEGIN, imported, written
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.page import printed

PATH = "tests/factories.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One key of a dictionary."""

    name: str
    code: Code


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
    used: tuple[Code, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The factories and the seed command, by their paths."""
    maker = Maker(design, contract)
    rows = tuple(maker.rows(entity) for entity in design.entities)
    bodies = tuple(maker.bodies(entity) for entity in design.entities if not entity.builtin)
    used = tuple(name("tests.rows", word) for word in ("numbers", "stored", "sent"))
    linked: tuple[Code, ...] = (name("tests.rows", "linked"),) if any(row.links for row in rows) else ()
    linked += (name("tests.rows", "row_of"),) if any(row.only for row in rows) else ()
    page = FactoriesPage(rows=rows, bodies=bodies, used=(*used, *linked, name("typing", "Any")))
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
    reference = next(f for f in membership.fields if _leads_to(f, tenant.name))
    page = TenancyPage(
        phrase=names.phrase(tenant),
        phrases=names.phrases(tenant),
        column=names.column(reference),
        key=models.key_type(design, tenant.name),
        membership=names.model(membership),
        used=(name("tests.conftest", "Account"), name("tests.rows", "stored")),
    )
    return {"tests/tenancy.py": printed(page)}


class Maker:
    """Prints factories of one design."""

    def __init__(self, design: Design, contract: Contract) -> None:
        self.design, self.contract, self.samples = design, contract, Samples(design)
        self.with_account = frozenset(_reaching(design, lambda field: _leads_to(field, "User")))

    # What a factory is called with

    def arguments(self, entity: Entity) -> str:
        """What one factory hands on to another: `account=account, tenant=tenant`."""
        return ", ".join(f"{word}={word}" for word in self.asked(entity))

    def asked(self, entity: Entity) -> tuple[str, ...]:
        """The parameters of an entity's factories."""
        account = ("account",) if entity.name in self.with_account and entity.name != "User" else ()
        tenant = ("tenant",) if tenant_field(self.design, entity) is not None else ()
        return (*account, *tenant)

    def _parameters(self, words: tuple[str, ...]) -> str:
        types_ = {"account": self._key("User").text}
        if self.design.tenant is not None:
            types_["tenant"] = self._key(self.design.tenant.name).text
        asked = [f"{word}: {types_[word]} | None = None" for word in words]
        return "*, " + ", ".join(asked) + ", " if asked else ""

    def _key(self, entity: str) -> Code:
        return models.key_type(self.design, entity)

    def _imports(self, entity: Entity) -> Code:
        """What the parameters' types import."""
        keys = [self._key("User")] if "account" in self.asked(entity) else []
        if "tenant" in self.asked(entity) and self.design.tenant is not None:
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
            counted=any(_counts(line.code) for line in values),
            values=values,
            links=pairs,
        )

    def _only(self, entity: Entity) -> Code:
        unique = (entity.field(fields[0]) for fields in unique_sets(entity) if len(fields) == 1)
        field = next((field for field in unique if _leads_to(field, "User")), None)
        return Code("") if field is None else code("{}.{}", names.model(entity), names.column(field))

    def _tenant_first(self, entity: Entity) -> tuple[Code, ...]:
        if "tenant" not in self.asked(entity) or self.design.tenant is None:
            return ()
        return (Code(f"tenant = tenant or await {names.module(self.design.tenant)}()"),)

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
        target = self.design.entity(field.type.target)
        if field == tenant_field(self.design, entity):
            return Code("tenant")
        if target.name == "User":
            return Code("account") if field.optional else Code("account or await user()")
        if field.optional:
            return None
        column = names.column(field)
        return Code(f'given.get("{column}") or await {names.module(target)}({self.arguments(target)})')

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
            before=self._tenant_first(entity) if "tenant" in self.body_words(entity) else (),
            counted=any(_counts(line.code) for line in values),
            values=values,
        )

    def body_values(self, entity: Entity) -> tuple[Line, ...]:
        """What is sent in any case, by field."""
        plain = self.samples.plain(entity.name)
        found = ((sent.name, self.body_value(entity, sent, plain)) for sent in self.schema(entity).properties)
        return tuple(Line(name=name_, code=value) for name_, value in found if value is not None)

    def schema(self, entity: Entity) -> Schema:
        """What makes a row, or a part within its whole."""
        return self.contract.schema(f"{entity.name}{'Create' if entity.whole is None else 'Item'}")

    def body_words(self, entity: Entity) -> tuple[str, ...]:
        """The parameters that the factory of bodies needs."""
        text = " ".join(line.code.text for line in self.body_values(entity))
        return tuple(word for word in self.asked(entity) if re.search(rf"\b{word}\b", text))

    def body_value(self, entity: Entity, sent: Property, plain: Any) -> Code | None:
        """What is sent in any case: what is required, and what the checks need."""
        if sent.read_only or sent.given is Given.CALLER or sent.name in KEPT:
            return None
        field = entity.field(sent.name)
        if isinstance(field.type, types.Ref):
            return self._sent_reference(field) if sent.required else None
        value = plain.get(field.name)
        tied = field.default is not None and value != self.samples.default(field)
        if not sent.required and (value is None or (field.default is not None and not tied)):
            return None
        numbered = self.samples.numbered(entity, field)
        return imported(numbered.form) if numbered is not None else None if value is None else written(value)

    def _sent_reference(self, field: Field) -> Code:
        assert isinstance(field.type, types.Ref)
        target = self.design.entity(field.type.target)
        made = (
            "account or await user()"
            if target.name == "User"
            else f"await {names.module(target)}({self.arguments(target)})"
        )
        return Code(f'given.get("{field.name}") or {made}')


ACCOUNT = {
    "email": Code('f"someone{n}@example.com"'),
    "name": Code('"Someone"'),
    "roles": Code("[]"),
    "active": Code("True"),
}


def _counts(value: Code) -> bool:
    """Whether the code needs the number of the row."""
    return re.search(r"\bn\b", value.text) is not None


def _leads_to(field: Field, target: str) -> bool:
    match field.type:
        case types.Ref():
            return field.type.target == target
        case types.Many():
            return field.type.target == target
    return False


def _reaching(design: Design, leads: Any) -> set[str]:
    """The entities of which a row, or a row that it needs, leads there."""
    found = {entity.name for entity in design.entities if any(leads(field) for field in entity.fields)}
    while True:
        more = {
            entity.name
            for entity in design.entities
            for field in entity.fields
            if isinstance(field.type, types.Ref) and not field.optional and field.type.target in found
        }
        if more <= found:
            return found
        found |= more
