"""`tests/test_races.py`: what becomes of requests that are made at once, for all that the design has of the kind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from backsmith.contract.model import Kind
from backsmith.design import types
from backsmith.design.model import Design, Given, OnDelete
from backsmith.writers.python import names
from backsmith.writers.python.code import MARK, Code, code, name
from backsmith.writers.python.page import printed
from backsmith.writers.python.tests.dialect import Dialect, Lines
from backsmith.writers.python.tests.entity import PIECES, EntityPage, EntityTests, Overlapping, Shifted, UniqueSet
from backsmith.writers.python.tests.literals import written
from backsmith.writers.python.tests.maker import words
from backsmith.writers.python.tests.page import Page

PATH = "tests/test_races.py"

Tested = tuple[EntityTests, EntityPage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A move out of a state: what it is sent, and the columns of the row."""

    path: str
    body: Code
    columns: Code
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A move that takes from one row and gives to another of the same kind: it goes in both directions at once."""

    request: str
    body: Code
    source: str
    target: str
    target_also: str
    first: str
    second: str
    """The columns that name the two rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A reference of a body to rows that can be deleted and kept."""

    name: str
    factory: str
    also: str
    path: str
    meanwhile: Lines
    """Deletes such a row while a request is on the way that refers to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What requests at once are about."""

    name: str
    path: str
    factory: str
    row_scoped: bool
    """Whether the factory is told the tenant."""
    body_scoped: bool
    change: Code
    """Fields of an update; empty where there is none."""
    once: bool
    """Whether an update raises the version by one."""
    moves: tuple[Moving, ...]
    uniques: tuple[UniqueSet, ...]
    overlaps: tuple[Overlapping, ...]
    shifts: tuple[Shifted, ...]
    crossings: tuple[Crossing, ...]
    kept: tuple[Kept, ...]
    also: str
    body_also: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RacesPage(Page):
    template: ClassVar[str] = "races.py.j2"

    things: tuple[Thing, ...]
    changed: tuple[Thing, ...]
    moved: tuple[Thing, ...]
    unique: tuple[Thing, ...]
    pieces: int
    fixtures: str
    """What tests of one entity take, and with a table of them."""
    table_fixtures: str
    given: str
    """What a table's rows and bodies are made with."""
    tenant: str
    word: str
    tenant_key: Code
    used: tuple[Code, ...]


def files(design: Design, tested: Iterable[Tested], dialect: Dialect) -> dict[str, str]:
    """The races, by their path."""
    things = tuple(_thing(tests, page) for tests, page in tested)
    tenant = design.tenant
    key = dialect.row_type(design, tenant) if tenant is not None else Code("int")
    page = RacesPage(
        things=things,
        changed=tuple(thing for thing in things if thing.change),
        moved=tuple(thing for thing in things if thing.moves),
        unique=tuple(thing for thing in things if thing.uniques),
        pieces=PIECES,
        fixtures=f"boss: {MARK}Account" + (f", tenant: {key}" if tenant is not None else ""),
        table_fixtures=f"boss: {MARK}Account" + (", given: dict[str, Any]" if tenant is not None else ""),
        given="given" if tenant is not None else "",
        tenant=names.module(tenant) if tenant is not None else "",
        word=words(design)[1],
        tenant_key=key,
        used=tuple(_used(design, things)),
    )
    return {PATH: printed(page)}


def _thing(tests: EntityTests, page: EntityPage) -> Thing:
    return Thing(
        name=tests.entity.plural,
        path=page.path,
        factory=page.factory,
        row_scoped=bool(page.arguments),
        body_scoped=bool(page.body_arguments),
        change=_change(page),
        once=page.once_raised,
        moves=tuple(_moves(tests)),
        uniques=page.uniques,
        overlaps=page.overlaps,
        shifts=tuple(shift for shift in page.shifted if shift.enough),
        crossings=tuple(_crossings(tests, page)),
        kept=tuple(_kept(tests)),
        also=page.also,
        body_also=page.body_also,
    )


def _change(page: EntityPage) -> Code:
    change = page.changeable
    return Code("") if change is None else code('sent({{"{}": {}}})', change.name, change.value)


def _moves(tests: EntityTests) -> Iterator[Moving]:
    """The moves that can be made once: they do not begin where they end."""
    for move in tests.entity.moves:
        if move.target not in move.source:
            inputs: dict[str, Any] = tests.inputs(move)
            yield Moving(
                path=move.name.replace("_", "-"),
                body=code("sent({})", written(inputs)) if move.input else Code("None"),
                columns=written({move.field: move.source[0]}),
                state=move.field,
            )


def _crossings(tests: EntityTests, page: EntityPage) -> Iterator[Crossing]:
    for move in tests.entity.moves:
        shifts = [each for each in page.shifted if each.request == move.name.replace("_", "-") and not each.part]
        pairs = ((one, two) for one in shifts for two in shifts if one.target == two.target and one is not two)
        for one, two in list(pairs)[:1]:
            yield Crossing(
                request=one.request,
                body=one.body,
                source=one.source,
                target=one.target,
                target_also=one.target_also,
                first=one.reference,
                second=two.reference,
            )


def _kept(tests: EntityTests) -> Iterator[Kept]:
    """References of a body that are in the way of deleting what they lead to."""
    for each in tests.create.properties:
        if not isinstance(each.type, types.Ref) or each.read_only or each.given is Given.CALLER:
            continue
        field = tests.entity.field(each.name)
        target = tests.design.entity(each.type.target)
        if target.trash is not None and field.on_delete is OnDelete.RESTRICT and target != tests.entity:
            listed = next(found for found in tests.contract.of(target.name) if found.kind is Kind.LIST)
            arguments = (
                f"{tests.maker.tenant}=tenant"
                if tests.maker.tenant in tests.maker.asked(target) and tests.scoped
                else ""
            )
            posting = f'boss.post(THINGS["{tests.entity.plural}"].path, json=body)'
            yield Kept(
                name=field.name,
                factory=names.module(target),
                also=arguments,
                path=listed.path,
                meanwhile=tests.dialect.deleted_meanwhile(tests.design, target, Code(posting)),
            )


def _used(design: Design, things: tuple[Thing, ...]) -> Iterator[Code]:
    """What the file imports, as far as it has tests that need it."""
    yield from (name("collections.abc", word) for word in ("Awaitable", "Callable"))
    yield name("dataclasses", "dataclass")
    yield from (name("typing", "Any"), name("asyncio", ""), name("pytest", ""), name("tests", "factories"))
    yield from (name("tests.conftest", word) for word in ("Account", "As"))
    yield from (name("tests.checks", word) for word in ("listed", "race", "refused"))
    if any(thing.uniques for thing in things):
        yield name("tests.checks", "made")
    if any(thing.overlaps for thing in things):
        yield from (name("tests.rows", "START"), name("datetime", "timedelta"))
    if any(thing.overlaps or thing.change or any(move.body.text != "None" for move in thing.moves) for thing in things):
        yield name("tests.rows", "sent")
    if any(thing.kept for thing in things):
        yield name("tests.rows", "sent")
    if design.tenant is not None:
        yield name("tests.tenancy", "within")
