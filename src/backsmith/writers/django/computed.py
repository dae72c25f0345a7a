"""Computed fields, and what is stored when a row is made: functions that answer what the database works out."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.expressions import Expr, Literal
from backsmith.design.model import Design, Entity, Field
from backsmith.design.text import text
from backsmith.writers.django import names
from backsmith.writers.django.expressions import Compiler, calls
from backsmith.writers.django.models import IN_ROW
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
class Given:
    """A field that gets its value from an expression when a row is made, and the function that answers it.

    It takes the row that is made, where it asks for that, and then the caller.
    """

    field: Field
    expr: Expr
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedPage(Page):
    template: ClassVar[str] = "apps/computed.py.j2"

    phrases: str
    functions: tuple[ComputedFunction, ...]
    used: tuple[Code, ...]


def computed_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that are not stored but worked out."""
    return tuple(field for field in entity.fields if field.computed is not None)


def given_fields(design: Design, entity: Entity) -> tuple[Given, ...]:
    """What is worked out when a row is made, and kept: `set` expressions, and defaults that are no constants."""
    found = []
    for field in entity.fields:
        if field.name in IN_ROW or field.owner:
            continue
        if field.set is not None:
            called = names.function(design, entity, f"made_{field.name}")
            found.append(Given(field=field, expr=field.set, name=called))
        elif field.default is not None and not isinstance(field.default, Literal):
            called = names.function(design, entity, f"default_{field.name}")
            found.append(Given(field=field, expr=field.default, name=called))
    return tuple(found)


def has_page(design: Design, label: str) -> bool:
    """Whether the database works anything out of the rows of an app."""
    return any(computed_fields(entity) or given_fields(design, entity) for entity in names.apps(design)[label])


def computed_page(design: Design, label: str) -> ComputedPage:
    """The module of an app's computed fields, and of what is worked out when a row is made."""
    entities = names.apps(design)[label]
    functions = (
        *(_function(design, entity, field) for entity in entities for field in computed_fields(entity)),
        *(given_function(design, entity, given) for entity in entities for given in given_fields(design, entity)),
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
    """What is worked out of a row that is made."""
    label, row = names.app(design, entity), row_name(entity)
    compiler = Compiler(design, entity, label, row=row, local=True)
    returns = compiler.result(given.expr, given.field.type)
    parameters = []
    if calls(returns.text, row):
        parameters.append(code("{}: {}", row, names.model(design, entity, label)))
    if calls(returns.text, "caller"):
        parameters.append(code("caller: {}", name("apps.core.caller", "Caller")))
    return ComputedFunction(name=given.name, parameters=tuple(parameters), doc=text(given.expr), returns=returns)


def row_name(entity: Entity) -> str:
    """A variable that holds a row."""
    found = names.module(entity)
    return f"{found}_" if found in names.MODULES else found
