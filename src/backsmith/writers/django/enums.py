"""Words to choose from: those of one field stand beside its model, those that several fields share in `apps.core`."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.model import Design, Entity, Field
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, name, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One member of a class of choices: `DRAFT = "draft"`."""

    name: str
    value: str

    @property
    def label(self) -> str:
        """What Django calls it."""
        return self.name.replace("_", " ").title()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A class of choices."""

    name: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumsPage(Page):
    template: ClassVar[str] = "apps/core/enums.py.j2"

    enums: tuple[Choices, ...]
    models: Code


def enums_page(design: Design) -> EnumsPage:
    """The module of the enums that `types:` names."""
    enums = tuple(Choices(name=enum.name or "", words=words(enum)) for enum in design.enums)
    return EnumsPage(enums=enums, models=name("django.db", "models"))


def choices_of(entity: Entity) -> tuple[Choices, ...]:
    """The classes that the entity's module defines."""
    return tuple(
        Choices(name=choices_name(entity, field).text, words=words(field.type))
        for field in entity.fields
        if field.stored and isinstance(field.type, types.Enum) and field.type.name is None
    )


def choices_name(entity: Entity, field: Field) -> Code:
    """The class of a field's words: `OrderStatus`, or the one that several fields share."""
    assert isinstance(field.type, types.Enum)
    if field.type.name is not None:
        return name("apps.core.enums", field.type.name)
    return Code(entity.name + "".join(part.capitalize() for part in field.name.split("_")))


def words(enum: types.Enum) -> tuple[Word, ...]:
    """The words, by names that differ."""
    found: dict[str, str] = {}
    for word in enum.words:
        wanted = word.upper().replace("-", "_")
        number = 2
        called = wanted
        while called in found:
            called, number = f"{wanted}_{number}", number + 1
        found[called] = word
    return tuple(Word(name=called, value=word) for called, word in found.items())


def frozen(enum: types.Enum) -> str:
    """The choices as a migration keeps them."""
    return "[" + ", ".join(f"({quoted(word.value)}, {quoted(word.label)})" for word in words(enum)) + "]"


def member(entity: Entity, field: Field, value: object) -> Code:
    """`OrderStatus.DRAFT`."""
    assert isinstance(field.type, types.Enum)
    class_ = choices_name(entity, field)
    called = next(word.name for word in words(field.type) if word.value == value)
    return Code(f"{class_.text}.{called}", class_.imports)
