"""`tests/test_hyperlinks.py`, where answers have `links`: what stands in them, and that they lead somewhere."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract, hyperlinks
from backsmith.contract.model import Kind
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity
from backsmith.writers.python import names
from backsmith.writers.python.code import Code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.literals import written
from backsmith.writers.python.tests.maker import words
from backsmith.writers.python.tests.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The rows of one entity, and the names of their links.

    always: whatever the row holds; moves: by the state of the row; maybe: where the row has a reference.
    """

    path: str
    row: str
    asked: Code
    always: Code
    moves: Code
    maybe: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperlinksPage(Page):
    template: ClassVar[str] = "hyperlinks.py.j2"

    linked: tuple[Linked, ...]
    tenant: str
    word: str
    used: tuple[Code, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The file by its path, where there are links."""
    if not design.api.links:
        return {}
    entities = [entity for entity in design.entities if not entity.builtin and entity.whole is None]
    page = HyperlinksPage(
        linked=tuple(_linked(design, contract, entity) for entity in entities if not entity.tenant),
        tenant=names.module(design.tenant) if design.tenant is not None else "",
        word=words(design)[1],
        used=(name("tests.tenancy", "within"),) if design.tenant is not None else (),
    )
    return {"tests/test_hyperlinks.py": printed(page)}


def _linked(design: Design, contract: Contract, entity: Entity) -> Linked:
    links = hyperlinks.hyperlinks(design, entity)
    references = [link.name for link in links if link.field is not None and isinstance(link.field.type, types.Ref)]
    return Linked(
        path=next(found.path for found in contract.of(entity.name) if found.kind is Kind.LIST),
        row=names.module(entity),
        asked=written([words(design)[1]] if tenant_field(design, entity) is not None else []),
        always=written([link.name for link in links if not link.state and link.name not in references]),
        moves=written({link.name: [link.state, *link.states] for link in links if link.state}),
        maybe=written(references),
    )
