"""What factories of rows and of bodies are called with, and what bodies hold, in a project of any framework."""

import re
from dataclasses import dataclass
from typing import Any

from backsmith.contract import Contract
from backsmith.contract.model import Property, Schema
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.samples.rows import KEPT, Samples
from backsmith.writers.python import names
from backsmith.writers.python.code import Code
from backsmith.writers.python.tests.dialect import Dialect
from backsmith.writers.python.tests.literals import imported, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One key of a dictionary."""

    name: str
    code: Code


class Maker:
    """Says what factories of one design need."""

    def __init__(self, design: Design, contract: Contract, dialect: Dialect) -> None:
        self.design, self.contract, self.dialect, self.samples = design, contract, dialect, Samples(design)
        self.with_account = frozenset(_reaching(design, lambda field: leads_to(field, "User")))
        self.account, self.tenant = words(design)

    # What a factory is called with

    def arguments(self, entity: Entity) -> str:
        """What one factory hands on to another: `account=account, tenant=tenant`."""
        return ", ".join(f"{word}={word}" for word in self.asked(entity))

    def asked(self, entity: Entity) -> tuple[str, ...]:
        """The parameters of an entity's factories."""
        account = (self.account,) if entity.name in self.with_account and entity.name != "User" else ()
        tenant = (self.tenant,) if tenant_field(self.design, entity) is not None else ()
        return (*account, *tenant)

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
        return Code(f'given.get("{field.name}") or {self.other(field)}')

    def other(self, field: Field) -> str:
        """Makes the row that a reference leads to, or takes the account."""
        assert isinstance(field.type, types.Ref)
        target = self.design.entity(field.type.target)
        made = self.dialect.made(target, "" if target.name == "User" else self.arguments(target))
        return f"{self.account} or {made}" if target.name == "User" else made


def words(design: Design) -> tuple[str, str]:
    """What factories call a row's account and tenant: not as tables or other fields are called."""
    tables = {names.module(entity) for entity in design.entities}
    others = {field.name for entity in design.entities for field in entity.fields if not leads_to(field, "User")}
    return "owned_by" if "account" in tables | others else "account", "inside" if "tenant" in tables else "tenant"


def counts(value: Code) -> bool:
    """Whether the code needs the number of the row."""
    return re.search(r"\bn\b", value.text) is not None


def leads_to(field: Field, target: str) -> bool:
    """Whether a reference, or each of a many-to-many field, is one of these."""
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
