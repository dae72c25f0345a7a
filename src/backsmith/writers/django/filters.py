"""What lists can be asked: filter sets with the lookups of each field."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract.model import Comparing
from backsmith.contract.parameters import OPERATORS, shown
from backsmith.design.fields import is_optional
from backsmith.design.model import Design, Entity, Field
from backsmith.writers.django import names
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, code, name, quoted
from backsmith.writers.python.page import Named

GROUPS = {
    frozenset({Comparing.EQ, Comparing.NE}): "EQUAL",
    frozenset({Comparing.EQ, Comparing.NE, Comparing.IN}): "ONE_OF",
    frozenset({*Comparing} - {Comparing.CONTAINS, Comparing.ISNULL}): "ORDERED",
    frozenset({*Comparing} - {Comparing.ISNULL}): "TEXT",
    frozenset({Comparing.EQ}): "HAS",
}
"""The names that `core.filters` has for sets of lookups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterClass:
    """One filter set."""

    name: str
    doc: str
    model: Code
    fields: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltersPage(Page):
    template: ClassVar[str] = "apps/filters.py.j2"

    subject: str
    base: Code
    classes: tuple[FilterClass, ...]


def filters_page(design: Design, entities: tuple[Entity, ...]) -> FiltersPage:
    """The filter sets of one app."""
    return FiltersPage(
        subject=names.phrases(entities[0]),
        base=name("apps.core.filters", "FilterSet"),
        classes=tuple(_class(design, entity) for entity in entities),
    )


def _class(design: Design, entity: Entity) -> FilterClass:
    return FilterClass(
        name=f"{entity.name}Filter",
        doc=f"What can be asked of {names.phrases(entity)}.",
        model=name(f"apps.{names.app(design, entity)}.models", entity.name),
        fields=tuple(Named(name=field.name, code=lookups) for field in shown(entity) if (lookups := _lookups(field))),
    )


def _lookups(field: Field) -> Code:
    """`ORDERED`, `(*TEXT, "isnull")`."""
    found = frozenset(OPERATORS[type(field.type)])
    group = name("apps.core.filters", GROUPS[found]) if found else Code("")
    if not (field.optional or (field.computed is not None and is_optional(field))):
        return group
    return code('(*{}, "isnull")', group) if group else Code(f"({quoted('isnull')},)")
