"""`tests/factories.py`: valid rows and bodies of every entity, with what they refer to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from backsmith.contract import Contract
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field
from backsmith.design.naming import a
from backsmith.samples.rows import KEPT, unique_sets
from backsmith.writers.django import models, names
from backsmith.writers.django.dialect import DIALECT, factory, model
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, code, joined, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.literals import BEGIN, imported, written
from backsmith.writers.python.tests.maker import Line, Maker, counts, leads_to

PATH = "tests/factories.py"
FACTORY = Code("factory", name("factory", "").imports)
ACCOUNT = {
    "email": code('{}.Sequence(lambda n: f"someone{{n}}@example.com")', FACTORY),
    "name": Code('"Someone"'),
    "roles": code("{}.LazyFunction(list)", FACTORY),
    "active": Code("True"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """The class that makes rows of one entity."""

    name: str
    doc: str
    model: Code
    only: str
    """The account of which no two rows have the same; or nothing."""
    parameters: tuple[Line, ...]
    """What it can be told, and rows do not have."""
    values: tuple[Line, ...]
    links: tuple[str, ...]
    """Many-to-many fields that lead to accounts."""
    account: str
    """What makes the account that a row has to have, where its field is called as the parameter is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFactory:
    """The function that makes bodies of one entity."""

    name: str
    doc: str
    parameters: Code
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
    """The factories, by their path."""
    maker = Factories(design, contract)
    rows = tuple(maker.rows(entity) for entity in _in_order(design))
    bodies = tuple(maker.bodies(entity) for entity in design.entities if not entity.builtin)
    numbered = ("numbers",) if any(body.counted for body in bodies) else ()
    used = (*(name("tests.rows", word) for word in ("Rows", "sent", *numbered)), name("typing", "Any"), FACTORY)
    page = FactoriesPage(rows=rows, bodies=bodies, account=maker.account, used=used)
    tenancy = {} if design.tenant is None else _tenancy(design, design.tenant)
    return {PATH: printed(page), **tenancy}


@dataclass(frozen=True, slots=True, kw_only=True)
class TenancyPage(Page):
    template: ClassVar[str] = "tests/tenancy.py.j2"

    phrase: str
    phrases: str
    field: str
    key: Code
    membership: Code
    used: tuple[Code, ...]


def _tenancy(design: Design, tenant: Entity) -> dict[str, str]:
    """How tests belong to a tenant."""
    membership = design.entity("Membership")
    page = TenancyPage(
        phrase=names.phrase(tenant),
        phrases=names.phrases(tenant),
        field=next(field.name for field in membership.fields if leads_to(field, tenant.name)),
        key=model(design, tenant),
        membership=model(design, membership),
        used=(name("tests.conftest", "Account"),),
    )
    return {"tests/tenancy.py": printed(page)}


def _in_order(design: Design) -> Iterator[Entity]:
    """The entities, each after those that its rows need."""
    waiting = list(design.entities)
    while waiting:
        names_ = {entity.name for entity in waiting}
        ready = [entity for entity in waiting if not names_ & set(_needed(entity))]
        yield from ready
        waiting = [entity for entity in waiting if entity not in ready]


def _needed(entity: Entity) -> Iterator[str]:
    for field in entity.fields:
        if isinstance(field.type, types.Ref) and field.stored and not field.optional:
            yield field.type.target


class Factories(Maker):
    """Prints factories of one design."""

    def __init__(self, design: Design, contract: Contract) -> None:
        super().__init__(design, contract, DIALECT)

    # Rows

    def rows(self, entity: Entity) -> Factory:
        """The class that stores rows."""
        return Factory(
            name=factory(entity),
            doc=f"{a(names.phrase(entity)).capitalize()}, with what it needs.",
            model=model(self.design, entity),
            only=self._only(entity),
            parameters=tuple(self._told(entity)),
            values=tuple(self._values(entity)),
            links=tuple(self._account_links(entity)),
            account=self._needed_account(entity),
        )

    def _only(self, entity: Entity) -> str:
        unique = (entity.field(fields[0]) for fields in unique_sets(entity) if len(fields) == 1)
        return next((field.name for field in unique if leads_to(field, "User")), "")

    def _told(self, entity: Entity) -> Iterator[Line]:
        fields = {field.name for field in entity.fields}
        asked = [word for word in self.asked(entity) if word not in fields]
        if self.account in asked and not tuple(self._account_links(entity)):
            yield Line(name=self.account, code=Code("None"))
        if self.tenant in asked and self.design.tenant is not None:
            made = code("{}.SubFactory({})", FACTORY, factory(self.design.tenant))
            yield Line(name=self.tenant, code=made)

    def _needed_account(self, entity: Entity) -> str:
        named = [field for field in entity.fields if field.name == self.account and leads_to(field, "User")]
        required = any(field.stored and not field.optional for field in named)
        return f"{factory(self.design.entity('User'))}.create()" if required else ""

    def _account_links(self, entity: Entity) -> Iterator[str]:
        for field in () if self._only(entity) else entity.fields:
            if isinstance(field.type, types.Many) and field.type.target == "User":
                yield field.name

    def _values(self, entity: Entity) -> Iterator[Line]:
        plain = self.samples.plain(entity.name)
        for field in models.own_fields(entity):
            value = self._value(entity, field, plain)
            if value is not None:
                yield Line(name=field.name, code=value)
        if entity.name == "User":
            yield Line(name="verified_at", code=BEGIN)

    def _value(self, entity: Entity, field: Field, plain: Any) -> Code | None:
        if field.name in KEPT:
            return None
        if isinstance(field.type, types.Ref):
            return self._reference(entity, field)
        if entity.name == "User" and field.name in ACCOUNT:
            return ACCOUNT[field.name]
        if field.set is not None:
            return _fresh(self.samples.stored(field, self.samples.row(entity)))
        numbered = self.samples.numbered(entity, field)
        if numbered is not None and not (field.optional and plain.get(field.name) is None):
            return code("{}.Sequence(lambda n: {})", FACTORY, imported(numbered.form))
        value = plain.get(field.name)
        return None if value is None else _fresh(value)

    def _reference(self, entity: Entity, field: Field) -> Code | None:
        assert isinstance(field.type, types.Ref)
        if field == tenant_field(self.design, entity) and field.name != self.tenant:
            return code('{}.SelfAttribute("{}")', FACTORY, self.tenant)
        target = self.design.entity(field.type.target)
        if target.name == "User":
            if field.name == self.account:
                return Code("None")
            if field.optional:
                return code('{}.SelfAttribute("{}")', FACTORY, self.account)
            row = names.module(entity)
            whose = f"{row}.{self.account}"
            return code("{}.LazyAttribute(lambda {}: {} or {}.create())", FACTORY, row, whose, factory(target))
        if field.optional:
            return None
        handed = [code('{}={}.SelfAttribute("..{}")', word, FACTORY, word) for word in self.asked(target)]
        return code("{}.SubFactory({})", FACTORY, joined(", ", [Code(factory(target)), *handed]))

    # Bodies

    def bodies(self, entity: Entity) -> BodyFactory:
        """The function that makes the body of a row, without what can be left out."""
        values, words = self.body_values(entity), self.body_words(entity)
        tenant, word = self.design.tenant, self.tenant
        return BodyFactory(
            name=f"{names.module(entity)}_body",
            doc=f"What makes {a(names.phrase(entity))}, without what can be left out.",
            parameters=self._parameters(words),
            before=(Code(f"{word} = {word} or {factory(tenant)}.create()"),) if tenant and word in words else (),
            counted=any(counts(line.code) for line in values),
            values=values,
        )

    def _parameters(self, words: tuple[str, ...]) -> Code:
        asked = {self.account: self.design.entity("User")}
        if self.design.tenant is not None:
            asked[self.tenant] = self.design.tenant
        typed = [code("{}: {} | None = None, ", word, model(self.design, asked[word])) for word in words]
        return code("*, {}", joined("", typed)) if typed else Code("")


def _fresh(value: Any) -> Code:
    """A value for each row: lists and dictionaries are not shared."""
    return (
        code("{}.LazyFunction(lambda: {})", FACTORY, written(value))
        if isinstance(value, dict | list)
        else written(value)
    )
