"""Computed fields, and what is stored when a row is made: functions that answer what the database works out."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.fields import Given, computed_fields, given_fields, is_optional
from backsmith.design.model import Design, Entity, Field
from backsmith.design.text import text
from backsmith.writers.fastapi import models, names
from backsmith.writers.fastapi.expressions import Compiler, Root
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.policies import Function
from backsmith.writers.python.code import Code, code, name


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedFunction(Function):
    """A function that answers a value of this type; `row` is the type of what it is given."""

    type: Code
    row: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedPage(Page):
    template: ClassVar[str] = "app/computed/entity.py.j2"

    phrases: str
    row: str
    functions: tuple[ComputedFunction, ...]
    given: tuple[ComputedFunction, ...]


def has_page(entity: Entity) -> bool:
    """Whether the database works anything out of such rows."""
    return bool(computed_fields(entity) or given_fields(entity))


def computed_page(design: Design, entity: Entity) -> ComputedPage:
    """The module of an entity's computed fields, and of what is worked out when a row is made."""
    computed = [_function(design, entity, field) for field in computed_fields(entity)]
    given = [_given(design, entity, found) for found in given_fields(entity)]
    return ComputedPage(
        phrases=names.phrases(entity), row=names.variable(entity), functions=tuple(computed), given=tuple(given)
    )


def _function(design: Design, entity: Entity, field: Field) -> ComputedFunction:
    assert field.computed is not None
    compiler = Compiler(design, Root(entity), computed=names.module(entity))
    returns = compiler.result(field.computed, field.type)
    model = names.model(entity)
    return ComputedFunction(
        name=field.name,
        doc=text(field.computed),
        lines=tuple(compiler.lines),
        returns=returns,
        type=_type(design, entity, field, optional=is_optional(field)),
        row=code("type[{}] = {}", model, model),
    )


def _given(design: Design, entity: Entity, found: Given) -> ComputedFunction:
    compiler = Compiler(design, Root(entity), computed=names.module(entity))
    returns = compiler.result(found.expr, found.field.type)
    optional = found.field.optional or found.expr.may_be_null
    return ComputedFunction(
        name=found.name,
        doc=text(found.expr),
        lines=tuple(compiler.lines),
        returns=returns,
        type=_type(design, entity, found.field, optional=optional),
        row=name("typing", "Any"),
    )


def _type(design: Design, entity: Entity, field: Field, *, optional: bool) -> Code:
    type_ = Code("str") if isinstance(field.type, types.Enum) else models.value_type(design, entity, field)
    return code("{} | None", type_) if optional else type_
