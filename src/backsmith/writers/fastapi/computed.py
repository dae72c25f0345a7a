"""Computed fields: what the database works out of a row whenever it is read, as functions that answer a value."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.model import Design, Entity, Field
from backsmith.design.text import text
from backsmith.writers.fastapi import models, names
from backsmith.writers.fastapi.code import Code, code
from backsmith.writers.fastapi.expressions import Compiler, Root
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.policies import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedFunction(Function):
    """A function that answers a value of this type."""

    type: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedPage(Page):
    template: ClassVar[str] = "app/computed/entity.py.j2"

    phrases: str
    row: str
    model: Code
    functions: tuple[ComputedFunction, ...]


def computed_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that are not stored but worked out."""
    return tuple(field for field in entity.fields if field.computed is not None)


def computed_page(design: Design, entity: Entity) -> ComputedPage:
    """The module of an entity's computed fields."""
    return ComputedPage(
        phrases=names.phrases(entity),
        row=names.module(entity),
        model=names.model(entity),
        functions=tuple(_function(design, entity, field) for field in computed_fields(entity)),
    )


def _function(design: Design, entity: Entity, field: Field) -> ComputedFunction:
    assert field.computed is not None
    compiler = Compiler(design, Root(entity), computed=names.module(entity))
    returns = compiler.result(field.computed, field.type)
    type_ = Code("str") if isinstance(field.type, types.Enum) else models.value_type(design, entity, field)
    if field.optional or field.computed.may_be_null:
        type_ = code("{} | None", type_)
    return ComputedFunction(
        name=field.name, doc=text(field.computed), lines=tuple(compiler.lines), returns=returns, type=type_
    )
