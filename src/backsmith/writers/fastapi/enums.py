"""The enums that several fields share."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design.model import Design
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.types import python_type
from backsmith.writers.python.page import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumsPage(Page):
    template: ClassVar[str] = "app/models/enums.py.j2"

    enums: tuple[Named, ...]


def enums_page(design: Design) -> EnumsPage:
    """The module of the enums that `types:` names."""
    return EnumsPage(enums=tuple(Named(name=enum.name or "", code=python_type(enum)) for enum in design.enums))
