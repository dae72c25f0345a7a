"""Computed fields, and what is stored when a row is made: functions that answer what the database works out."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.fields import Given, computed_fields, given_fields
from backsmith.design.model import Design, Entity, Field
from backsmith.design.text import text
from backsmith.writers.django import names
from backsmith.writers.django.expressions import Compiler, calls
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, code, name

COMBINABLE = name("django.db.models.expressions", "Combinable")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedFunction:
    """A function that answers an expression."""

    name: str
    parameters: tuple[Code, ...]
    doc: str
    returns: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedPage(Page):
    template: ClassVar[str] = "apps/computed.py.j2"

    phrases: str
    functions: tuple[ComputedFunction, ...]
    used: tuple[Code, ...]


def has_page(design: Design, label: str) -> bool:
    """Whether the database works anything out of the rows of an app."""
    return any(computed_fields(entity) or given_fields(entity) for entity in names.apps(design)[label])


def computed_page(design: Design, label: str) -> ComputedPage:
    """The module of an app's computed fields, and of what is worked out when a row is made."""
    entities = names.apps(design)[label]
    functions = (
        *(_function(design, entity, field) for entity in entities for field in computed_fields(entity)),
        *(given_function(design, entity, given) for entity in entities for given in given_fields(entity)),
    )
    phrases = names.phrases(entities[0])
    return ComputedPage(phrases=phrases, functions=functions, used=(COMBINABLE,))


def _function(design: Design, entity: Entity, field: Field) -> ComputedFunction:
    assert field.computed is not None
    compiler = Compiler(design, entity, names.app(design, entity), caller=False, local=True)
    return ComputedFunction(
        name=names.function(design, entity, field.name),
        parameters=(),
        doc=text(field.computed),
        returns=compiler.result(field.computed, field.type),
    )


def given_function(design: Design, entity: Entity, given: Given) -> ComputedFunction:
    """What is worked out of a row that is made: it takes that row, where it asks for it, and then the caller."""
    label, row = names.app(design, entity), row_name(entity)
    compiler = Compiler(design, entity, label, row=row, local=True)
    returns = compiler.result(given.expr, given.field.type)
    parameters = []
    if calls(returns.text, row):
        parameters.append(code("{}: {}", row, names.model(design, entity, label)))
    if calls(returns.text, "caller"):
        parameters.append(code("caller: {}", name("apps.core.caller", "Caller")))
    called = names.function(design, entity, given.name)
    return ComputedFunction(name=called, parameters=tuple(parameters), doc=text(given.expr), returns=returns)


def row_name(entity: Entity) -> str:
    """A variable that holds a row."""
    found = names.module(entity)
    return f"{found}_" if found in names.MODULES else found
