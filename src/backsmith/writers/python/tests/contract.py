"""`tests/test_contract.py` and `tests/test_queries.py`: what the documentation says, and what an answer costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind, Place
from backsmith.design import types
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity
from backsmith.writers.python import names
from backsmith.writers.python.code import Code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.maker import words
from backsmith.writers.python.tests.page import Page

MANY = types.Many | types.Parts | types.Inverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, as the documentation has to show it."""

    id: str
    method: str
    path: str
    status: int
    problems: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The parameters of a list."""

    id: str
    path: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A request, and how many statements it may take."""

    row: str
    arguments: str
    path: str
    query: str
    item: bool
    statements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPage(Page):
    template: ClassVar[str] = "contract.py.j2"

    operations: tuple[Operation, ...]
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesPage(Page):
    template: ClassVar[str] = "queries.py.j2"

    counted: tuple[Counted, ...]
    tenant: str
    word: str
    used: tuple[Code, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """Both files, by their paths."""
    own = [endpoint for endpoint in contract.endpoints if endpoint.entity is not None]
    listings = (_listing(endpoint) for endpoint in own if endpoint.kind is Kind.LIST)
    documented = ContractPage(operations=tuple(_operation(endpoint) for endpoint in own), listings=tuple(listings))
    queries = QueriesPage(
        counted=tuple(_counted(design, contract)),
        tenant=names.module(design.tenant) if design.tenant is not None else "",
        word=words(design)[1],
        used=(name("tests.tenancy", "within"),) if design.tenant is not None else (),
    )
    return {"tests/test_contract.py": printed(documented), "tests/test_queries.py": printed(queries)}


def _operation(endpoint: Endpoint) -> Operation:
    success, *others = endpoint.answers
    return Operation(
        id=endpoint.operation,
        method=endpoint.method.lower(),
        path=endpoint.path,
        status=success.status,
        problems=tuple(answer.status for answer in others if answer.status in _told(endpoint)),
    )


TOLD = frozenset({401, 403, 404, 409, 412, 422})
"""Statuses that every operation says of itself."""


def _told(endpoint: Endpoint) -> frozenset[int]:
    """An item that may not be read is not there: no 403."""
    return TOLD - {403} if endpoint.kind in (Kind.ITEM, Kind.HISTORY) else TOLD


def _listing(endpoint: Endpoint) -> Listing:
    own = (parameter.name for parameter in endpoint.parameters if parameter.place is Place.QUERY)
    simple = (name_ for found in endpoint.filters if "__" not in found.name for name_ in found.parameters)
    return Listing(id=endpoint.operation, path=endpoint.path, parameters=tuple(sorted((*own, *simple))))


def _counted(design: Design, contract: Contract) -> Iterator[Counted]:
    for entity in design.entities:
        if entity.builtin or entity.whole is not None:
            continue
        path = next(endpoint.path for endpoint in contract.of(entity.name) if endpoint.kind is Kind.LIST)
        for query, item, statements in _requests(entity):
            yield Counted(
                row=names.module(entity),
                arguments=f"{words(design)[1]}=tenant" if tenant_field(design, entity) is not None else "",
                path=path,
                query=query,
                item=item,
                statements=statements,
            )


def _requests(entity: Entity) -> Iterator[tuple[str, bool, int]]:
    """What is asked for, whether of one row, and how many statements that takes."""
    yield "", True, 1
    yield "", False, 1
    yield "count=true", False, 2
    ones = [field.name for field in entity.fields if isinstance(field.type, types.Ref) and not field.private]
    many = [field.name for field in entity.fields if isinstance(field.type, MANY) and not field.private]
    if ones:
        yield f"expand={','.join(ones)}", False, 1
    for field in many:
        yield f"expand={field}", True, 2
    if many:
        yield f"expand={','.join((*ones, *many))}", False, 1 + len(many)
