"""`tests/test_orders.py`: what is true of one entity over HTTP, whoever asks, with values that come from the design."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from backsmith.contract import Contract
from backsmith.contract.lasting import lasting
from backsmith.contract.model import Kind, Property
from backsmith.design import types
from backsmith.design.expressions import Aggregate, Collection, Expr, In, Literal, Now, Path, Today, User
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Effect, Entity, Field, Given, Move, NoOverlap, OnDelete
from backsmith.design.naming import a
from backsmith.design.rewrite import rewrite
from backsmith.samples.oracle import Caller, Oracle, UnknownWorthError
from backsmith.samples.rows import (
    KEPT,
    START,
    ending,
    exact,
    inside,
    limits,
    read_by,
    tied_fields,
    unique_sets,
    unit,
)
from backsmith.writers.python import names
from backsmith.writers.python.code import MARK, Code, code, joined, name, quoted, tuple_of
from backsmith.writers.python.tests.dialect import Dialect, Lines
from backsmith.writers.python.tests.literals import written
from backsmith.writers.python.tests.maker import Maker
from backsmith.writers.python.tests.page import Page
from backsmith.writers.python.tests.wrong import refusals

NULLS = {types.Enum: "choice", types.Json: "required"}
"""What is said of null where there has to be a value, if not that its type is wrong."""
PIECES = 5
"""How many of the requests at once find enough where an effect takes from a bounded field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field and a value for it."""

    name: str
    value: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A field, a value that it cannot have, and the code of the error."""

    name: str
    value: Code
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """A field with the rows that differ in it, and what its filters ask."""

    name: str
    operators: tuple[str, ...]
    values: Code
    rows: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """A field that lists are sorted by, with rows of which two agree."""

    name: str
    values: Code
    rows: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move: from where, to where, what it is sent, and what else it stores."""

    name: str
    path: str
    field: str
    states: tuple[str, ...]
    sources: tuple[str, ...]
    target: str
    body: Code
    columns: Code
    """What the row has besides, so that the move is seen to clear it."""
    stored: tuple[Value, ...]
    set: tuple[str, ...]
    """Fields that the move gives a value that only the server knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caused:
    """An effect of making, changing or deleting a row, on a number of its own or of a row that it refers to."""

    name: str
    text: str
    own: bool
    target: str
    """The factory of the row that changes."""
    target_also: str
    before: Code
    after: Lines
    """Asserts what it holds then."""
    given: Code
    """What a body or a row has, so that the effect is on `other`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Rows that refer to this one, and what is worked out of them."""

    name: str
    factory: str
    arguments: str
    rows: tuple[Code, ...]
    """What the factory of each is called with, where `row` is this one."""
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    """Rows that refer to this one, and keep it from being deleted."""

    name: str
    factory: str
    column: str
    also: str
    deleted: bool
    """Whether they can be deleted and kept, and are then no longer in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """An effect on a number of another row."""

    name: str
    """Of the test."""
    text: str
    path: str
    """The field that the effect changes, as errors call it."""
    source: str
    """The state before, with its field: `status="draft"`."""
    request: str
    """`pay`, with its body."""
    body: Code
    target: str
    """The factory of the row that changes."""
    target_also: str
    part_also: str
    before: Code
    after: Lines
    """Asserts what it holds then."""
    short: Code
    """A value before that the effect would bring beyond its bound; empty where there is no bound."""
    enough: Code
    """A value before that bears the effect `PIECES` times; empty where there is no bound."""
    least: Lines
    """Asserts what is left then."""
    part: str
    """The factory of the rows on the way; nothing where the row itself leads there."""
    whole: str
    reference: str
    """The column that names whom the effect changes."""
    columns: Code
    """What such a row has besides: whom the effect changes, `product_id=other`, and by how much."""
    field: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartField:
    """A field that holds parts."""

    name: str
    factory: str
    arguments: str
    unshown: str
    at_once: bool
    """Whether all new ones are written by one statement: nothing is within them."""
    changed: tuple[Value, ...]
    once: tuple["Linked", ...]
    """References that nobody changes."""
    read_only: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A many-to-many field, or a reference."""

    name: str
    factory: str
    arguments: str
    column: str
    also: str
    deleted: bool
    """Whether rows there can be deleted and kept."""
    absent: Code
    code: str
    """Of the error for what is no id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueSet:
    """Fields in which no two rows agree, and those of them that a body does not have by itself."""

    fields: Code
    given: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlapping:
    """A `no_overlap`: how rows agree, and the times that they have."""

    name: str
    shared: tuple[str, ...]
    field: str
    start: str
    end: str
    times: tuple[Code, ...]
    """Half an hour apart."""
    changed: bool
    """Whether an update may move the start."""
    free: Code
    """Columns of a row that is in nobody's way; empty where every row is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityPage(Page):
    """`alone` and `also` are what a factory is called with, by itself and behind other arguments."""

    template: ClassVar[str] = "entity.py.j2"

    phrases: str
    phrase: str
    a_phrase: str
    path: str
    factory: str
    fixtures: str
    scoped: bool
    tenant: str
    word: str
    tenant_key: Code
    unique_tenant: str
    """What rows are made with that unique fields refer to."""
    arguments: str
    also: str
    body_arguments: str
    body_also: str
    full: tuple[Value, ...]
    shown_body: Code
    shown_kept: Code
    unshown: str
    """What an answer has not of the parts that are sent."""
    kept: Code
    """The body of a PUT: without what is sent once."""
    without_parts: Code
    found: Code
    """What is read, without what is another value at every look."""
    changing: Code
    """What an update of a field may change."""
    private: tuple[str, ...]
    once: Code
    made: tuple[Value, ...]
    beside: tuple[Value, ...]
    """Rows that belong to others of its kind, and count for nothing here: their factories, and what these take."""
    defaults: tuple[Value, ...]
    reset: tuple[Value, ...]
    changes: tuple[Value, ...]
    changeable: Value | None
    once_raised: bool
    """Whether an update raises the version by one: it has no effects."""
    refused: tuple[Refused, ...]
    edges: tuple[Value, ...]
    checks: tuple[Value, ...]
    read_only: tuple[str, ...]
    sent_once: tuple[str, ...]
    required: tuple[str, ...]
    uniques: tuple[UniqueSet, ...]
    simply_unique: Code
    """What a body has in addition, so that no other live row may be like it."""
    references: tuple[Linked, ...]
    expanded: tuple[Linked, ...]
    links: tuple[Linked, ...]
    parts: tuple[PartField, ...]
    filters: tuple[Filtered, ...]
    sorts: tuple[Sorted, ...]
    searched: str
    moves: tuple[Moved, ...]
    shifted: tuple[Shifted, ...]
    made_with: tuple[Caused, ...]
    changed_with: tuple[Caused, ...]
    deleted_with: tuple[Caused, ...]
    gathered: tuple[Gathered, ...]
    referring: tuple[Referring, ...]
    cell: str
    """A field that takes any text, for a file."""
    lasting: bool
    """Whether an answer that has not changed is not sent again."""
    overlaps: tuple[Overlapping, ...]
    soft: bool
    history: bool
    links_shown: bool
    """Whether answers say where they lead."""
    absent_id: Code
    used: tuple[Code, ...]


class EntityTests:
    """The tests of one entity over HTTP, by an admin: what anybody who may is answered."""

    def __init__(self, design: Design, contract: Contract, entity: Entity, dialect: Dialect) -> None:
        self.design, self.contract, self.entity, self.dialect = design, contract, entity, dialect
        self.maker = Maker(design, contract, dialect)
        self.samples = self.maker.samples
        self.create = self.maker.schema(entity)
        self.listed = next(found for found in contract.of(entity.name) if found.kind is Kind.LIST)
        self.scoped = tenant_field(design, entity) is not None

    def page(self) -> EntityPage:
        entity, full = self.entity, self._full()
        parts, changes, defaults = tuple(self._parts()), tuple(self._changes()), tuple(self._defaults())
        references, shifted = tuple(self._references()), tuple(self._shifted())
        sendable = self._sendable()
        touched = [effect.target.steps[-1] for effect in entity.effects.update]
        word, alone, body = self.maker.tenant, self._row_arguments(entity), self._body_arguments(entity)
        page = EntityPage(
            phrases=names.phrases(entity),
            phrase=names.phrase(entity),
            a_phrase=a(names.phrase(entity)),
            path=self.listed.path,
            factory=names.module(entity),
            fixtures=f"boss: {MARK}Account, tenant: {self._tenant_key()}" if self.scoped else f"boss: {MARK}Account",
            scoped=self.scoped,
            tenant=names.module(self.design.tenant) if self.design.tenant is not None else "",
            word=word,
            tenant_key=self._tenant_key(),
            unique_tenant=f"{word}=tenant" if self.scoped else "",
            arguments=alone,
            also=_also(alone),
            body_arguments=body,
            body_also=_also(body),
            full=tuple(Value(name=key, value=written(value)) for key, value in full.items()),
            shown_body=_without("body", self._unshown()),
            shown_kept=_without("kept", self._unshown()),
            unshown=_private_too(self._private_in_parts(entity)),
            kept=_without("body", self._once()),
            without_parts=_without("row", (*(part.name for part in parts), *self._moving())),
            found=_without("found.json()", tuple(self._moving())),
            changing=_set(("updated_at", *touched, *self._computed()), "field"),
            private=tuple(field.name for field in entity.fields if field.private),
            once=_set(self._once()),
            made=tuple(self._made(full, parts)),
            beside=tuple(self._beside()),
            defaults=defaults,
            reset=tuple(each for each in defaults if each.name in full and each.name not in (*self._once(), *touched)),
            changes=changes,
            changeable=changes[0] if changes else None,
            once_raised=not entity.effects.update,
            refused=tuple(self._refused()),
            edges=tuple(self._edges()),
            checks=tuple(self._broken_checks()),
            read_only=tuple(each.name for each in self.create.properties if each.read_only),
            sent_once=self._once(),
            required=tuple(each.name for each in sendable if each.required),
            uniques=tuple(self._uniques()),
            simply_unique=self._simply_unique(),
            references=references,
            expanded=tuple(self._expanded()),
            links=tuple(self._links()),
            parts=parts,
            filters=tuple(self._filters()),
            sorts=tuple(self._sorts()),
            searched=self._searched(),
            moves=tuple(self._moves()),
            shifted=shifted,
            made_with=tuple(self._caused("create", entity.effects.create)),
            changed_with=tuple(self._caused("update", entity.effects.update)),
            deleted_with=tuple(self._caused("delete", entity.effects.delete)),
            gathered=tuple(self._gathered()),
            referring=tuple(self._referring()),
            cell=self._cell(),
            lasting=lasting(self.design, entity),
            overlaps=tuple(self._overlaps()),
            soft=entity.trash is not None,
            history=entity.history,
            links_shown=self.design.api.links,
            absent_id=self._absent(entity.name),
            used=(),
        )
        return replace(page, used=tuple(_used(page, self.dialect.core)))

    def _computed(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.entity.fields if field.computed is not None)

    def _moving(self) -> Iterator[str]:
        """What is computed from `now`."""
        for field in self.entity.fields:
            if field.computed is not None and self._reads_now(field.computed):
                yield field.name

    def _reads_now(self, expr: Expr) -> bool:
        found = False

        def look(node: Expr) -> Expr:
            nonlocal found
            if isinstance(node, Path) and node.entity == self.entity.name:
                read = self.entity.field(node.steps[0])
                found = found or (read.computed is not None and self._reads_now(read.computed))
            found = found or isinstance(node, Now)
            return node

        rewrite(expr, look)
        return found

    def _once(self) -> tuple[str, ...]:
        shown = (each for each in self.create.properties if each.given is Given.ONCE)
        return tuple(each.name for each in shown if not self.entity.field(each.name).private)

    def _tenant_key(self) -> Code:
        tenant = self.design.tenant
        return self.dialect.row_type(self.design, tenant) if tenant is not None and self.scoped else Code("int")

    def _is_uuid(self, entity: str) -> bool:
        return isinstance(self.design.entity(entity).field("id").type, types.Uuid)

    def _body_arguments(self, entity: Entity) -> str:
        return (
            f"{self.maker.tenant}=tenant" if self.scoped and self.maker.tenant in self.maker.body_words(entity) else ""
        )

    def _row_arguments(self, entity: Entity) -> str:
        return f"{self.maker.tenant}=tenant" if self.scoped and self._takes_tenant(entity) else ""

    def _takes_tenant(self, entity: Entity) -> bool:
        return self.maker.tenant in self.maker.asked(entity)

    def _absent(self, entity: str) -> Code:
        """An id that no row has."""
        return Code('"018f4e5a-0000-7000-8000-000000000000"') if self._is_uuid(entity) else Code("1_000_000_000")

    # Making

    def _sendable(self) -> tuple[Property, ...]:
        return tuple(each for each in self.create.properties if not each.read_only)

    def _sent(self) -> Iterator[tuple[Property, Field]]:
        """What a client may send of the entity's own values, when a row is made."""
        for each in self._sendable():
            field = self.entity.field(each.name)
            if each.given is not Given.CALLER and not _is_link(field):
                yield each, field

    def _full(self) -> dict[str, Any]:
        """A value for everything that may be sent."""
        row = self.samples.solved(self.entity, {}, full=True) or dict(self.samples.plain(self.entity.name))
        found = {}
        for _, field in self._sent():
            if self.samples.numbered(self.entity, field) is None and row.get(field.name) is not None:
                found[field.name] = row[field.name]
        return found

    def _unshown(self) -> tuple[str, ...]:
        """What can be sent, and is not in an answer unless it is expanded, or never."""
        return tuple(
            each.name
            for each in self._sendable()
            if (self.entity.field(each.name).private or isinstance(each.type, types.Many))
        )

    def _made(self, full: dict[str, Any], parts: tuple[PartField, ...]) -> Iterator[Value]:
        """What the answer to a full body has besides what was sent: stored and computed by the server."""
        row = self.samples.row(self.entity) | full
        for part in parts:
            row[part.name] = [
                self.samples.row(self._part(part.name)) | dict(self.samples.plain(self._part(part.name).name))
            ]
        for field in self.entity.fields:
            if field.private or field.name in KEPT or _is_link(field) or field.given is not Given.SERVER:
                continue
            try:
                yield Value(name=field.name, value=written(self._worth(field, row)))
            except UnknownWorthError:
                continue

    def _beside(self) -> Iterator[Value]:
        if self._computed():
            lead = (field.type for field in self.entity.fields if isinstance(field.type, types.Parts | types.Inverse))
            for target in dict.fromkeys(type_.target for type_ in lead):
                other = self.design.entity(target)
                yield Value(name=names.module(other), value=Code(self._row_arguments(other)))

    def _gathered(self) -> Iterator[Gathered]:
        """For each field that leads to rows which refer to this one: two of them, which differ in what is read."""
        for field in self.entity.fields:
            if not isinstance(field.type, types.Inverse):
                continue
            other = self.design.entity(field.type.target)
            fields = [f for f in self.entity.fields if f.computed is not None and field.name in self._read(f)]
            read = {name for f in fields if f.computed is not None for name in read_by(f.computed, other)}
            if any(self.samples.numbered(other, each) for each in map(other.field, read)) or other.name == "User":
                continue
            plain = [each for each in map(other.field, sorted(read)) if each.stored and not _is_link(each)]
            changes = [self._two(other, plain, place) for place in range(2)]
            row = self.samples.row(self.entity)
            row[field.name] = [self.samples.row(other) | change for change in changes]
            values = tuple(self._of(fields, row))
            if values:
                whole = f"{self.dialect.column(other.field(field.type.by))}=row{_also(self._row_arguments(other))}"
                yield Gathered(
                    name=field.name,
                    factory=names.module(other),
                    arguments=self._row_arguments(other),
                    rows=tuple(joined("", [Code(whole), *_more(change)]) for change in changes),
                    values=values,
                )

    def _read(self, field: Field) -> frozenset[str]:
        assert field.computed is not None
        return read_by(field.computed, self.entity) | paths_over(field.computed)

    def _two(self, other: Entity, fields: list[Field], place: int) -> dict[str, Any]:
        found = {
            field.name: self.samples.three(other, field)[place:][:1]
            for field in fields
            if field.given is not Given.SERVER
        }
        row = {name: values[0] for name, values in found.items() if values}
        return row if self.samples.checked(other, {**self.samples.plain(other.name), **row}) else {}

    def _of(self, fields: list[Field], row: dict[str, Any]) -> Iterator[Value]:
        oracle = Oracle(self.design, Caller())
        for field in fields:
            if field.private or field.computed is None or isinstance(field.type, types.Ref):
                continue
            try:
                yield Value(name=field.name, value=written(oracle.typed(oracle.value(field.computed, row), field.type)))
            except UnknownWorthError:
                continue

    def _part(self, field: str) -> Entity:
        type_ = self.entity.field(field).type
        assert isinstance(type_, types.Parts)
        return self.design.entity(type_.target)

    def _worth(self, field: Field, row: dict[str, Any]) -> Any:
        oracle = Oracle(self.design, Caller())
        if self._is_touched(field, self.entity.effects.create):
            raise UnknownWorthError
        if field.computed is not None:
            if self._reads_numbered(field) or self._reads_links(field) or self._reads_kept(field):
                raise UnknownWorthError
            return oracle.typed(oracle.value(field.computed, row), field.type)
        if field.set is not None:
            return oracle.typed(oracle.value(field.set, row), field.type)
        if field.default is None or isinstance(field.default, Literal):
            return self.samples.default(field)
        raise UnknownWorthError

    def _is_touched(self, field: Field, effects: tuple[Effect, ...]) -> bool:
        """Whether one of these effects changes the field of the row itself."""
        return any(effect.target.steps == (field.name,) and effect.over is None for effect in effects)

    def _reads_numbered(self, field: Field) -> bool:
        """Whether the field is worked out of values that differ from row to row: more than the time between two."""
        assert field.computed is not None
        read = [self.entity.field(step) for step in read_by(field.computed, self.entity)]
        numbered = [each for each in read if self.samples.numbered(self.entity, each) is not None]
        between = all(isinstance(each.type, types.Date | types.DateTime | types.Time) for each in numbered)
        return bool(numbered) and not (isinstance(field.type, types.Duration) and between)

    def _reads_kept(self, field: Field) -> bool:
        """Whether the field is worked out of what only the row that is made has: its moments, its id."""
        assert field.computed is not None
        read = read_by(field.computed, self.entity)
        fields = [self.entity.field(name) for name in read - KEPT]
        return bool(read & KEPT) or any(self._reads_kept(each) for each in fields if each.computed is not None)

    def _reads_links(self, field: Field) -> bool:
        """Whether the field is worked out of rows that the full body links: the samples have none."""
        assert field.computed is not None
        found: list[Field] = []

        def gather(node: Expr) -> Expr:
            over = node.over if isinstance(node, Aggregate) else node.right if isinstance(node, In) else node
            if isinstance(over, Collection | Path) and over.entity == self.entity.name:
                found.append(self.entity.field(over.steps[0]))
            return node

        rewrite(field.computed, gather)
        linked = any(isinstance(each.type, types.Many) and each.given is Given.CLIENT for each in found)
        return linked or any(self._reads_links(each) for each in found if each.computed is not None)

    def _defaults(self) -> Iterator[Value]:
        """What a row has where nothing was sent."""
        body = {line.name for line in self.maker.body_values(self.entity)}
        for each in self._sendable():
            field = self.entity.field(each.name)
            if each.name in (*body, *KEPT) or field.private or isinstance(field.type, types.ToMany):
                continue
            if each.given is Given.CALLER:
                yield Value(name=field.name, value=Code("boss.id"))
            elif field.default is None or isinstance(field.default, Literal):
                yield Value(name=field.name, value=written(self.samples.default(field)))

    # Changing

    def _changes(self) -> Iterator[Value]:
        """Single fields with new values that go with the rest of a row."""
        plain = self.samples.plain(self.entity.name)
        for each, field in self._sent():
            if each.given is Given.ONCE or field.private or self._is_touched(field, self.entity.effects.update):
                continue
            for value in (*reversed(self.samples.three(self.entity, field)), *([None] if field.optional else [])):
                before = plain.get(field.name)
                if value != before and self._goes(plain, field, value):
                    yield Value(name=field.name, value=written(value))
                    break

    def _goes(self, plain: Any, field: Field, value: Any) -> bool:
        numbered = self.samples.numbered(self.entity, field)
        if numbered is not None and self.entity.no_overlap:
            return False
        return self.samples.checked(self.entity, {**plain, field.name: value})

    def _refused(self) -> Iterator[Refused]:
        for each, field in self._sent():
            for value, problem in self._wrong(each, field):
                yield Refused(name=field.name, value=written(value), code=problem)

    def _wrong(self, each: Property, field: Field) -> Iterator[tuple[Any, str]]:
        if isinstance(field.type, types.Embedded):
            yield "x", "type"
            return
        if not each.nullable:
            yield None, NULLS.get(type(field.type), "type")
        if field.pattern is not None and isinstance(field.type, types.Text):
            yield "\u00a7", "pattern"
            return
        yield from refusals(field.type)
        least, most = limits(field)
        if least is not None and not isinstance(field.type, types.Text):
            yield least - unit(field), "too_small"
        if most is not None and not isinstance(field.type, types.Text):
            yield most + unit(field), "too_large"

    def _edges(self) -> Iterator[Value]:
        """Values on the bounds."""
        plain = self.samples.plain(self.entity.name)
        for _, field in self._sent():
            for value in () if field.private else self._on_edge(field):
                if self.samples.checked(self.entity, {**plain, field.name: value}) and not self._is_lowered(field):
                    yield Value(name=field.name, value=written(value))

    def _is_lowered(self, field: Field) -> bool:
        return any(effect.target.steps == (field.name,) for effect in self.entity.effects.create)

    def _on_edge(self, field: Field) -> Iterator[Any]:
        if isinstance(field.type, types.Text):
            if field.type.length is not None and field.pattern is None:
                yield "x" * field.type.length
            return
        yield from (value for value in limits(field) if value is not None)

    def _broken_checks(self) -> Iterator[Value]:
        """For each check, a body's fields that break it and nothing else."""
        for check in self.entity.checks:
            broken = self._breaking(check)
            if broken:
                yield Value(name=check.text, value=written(broken))

    def _breaking(self, check: Any) -> dict[str, Any] | None:
        """Values of two fields at most that break the check."""
        plain = self.samples.plain(self.entity.name)
        fields = [field for _, field in self._sent() if field.name in read_by(check.condition, self.entity)]
        candidates = [
            (f, v) for f in fields for v in (*self.samples.three(self.entity, f), *_extremes(f)) if inside(f, v)
        ]
        for field, value in candidates:
            row = {**plain, field.name: value}
            if self._breaks(check, row):
                tied = [each for each in fields if each.name != field.name and row.get(each.name) is not None]
                return {field.name: value} | {each.name: row[each.name] for each in tied}
        for field, value in candidates:
            for other, beside in candidates:
                row = {**plain, field.name: value, other.name: beside}
                if field != other and self._breaks(check, row):
                    return {field.name: value, other.name: beside}
        return None

    def _breaks(self, check: Any, row: dict[str, Any]) -> bool:
        oracle = self.samples.oracle
        try:
            others = all(oracle.holds(each.condition, row) for each in self.entity.checks if each != check)
            ordered = all(row[o.start] < row[o.end] for o in self.entity.no_overlap)
            return others and ordered and not oracle.holds(check.condition, row)
        except (UnknownWorthError, TypeError):
            return False

    def _uniques(self) -> Iterator[UniqueSet]:
        for fields in self._unique_sets():
            yield UniqueSet(fields=written(list(fields)), given=self._given(fields))

    def _given(self, fields: tuple[str, ...]) -> Code:
        """Values for those fields that may be null."""
        optional = [field for field in map(self.entity.field, fields) if field.optional]
        pairs = (code("{}: {}", quoted(field.name), self._given_value(field)) for field in optional)
        return _around("{", "}", joined(", ", pairs))

    def _given_value(self, field: Field) -> Code:
        if isinstance(field.type, types.Ref):
            target = self.design.entity(field.type.target)
            factory = f"factories.{names.module(target)}"
            alone = self.scoped and not self._takes_tenant(target)
            return Code(f"lambda {self.maker.tenant}: {factory}()" if alone else factory)
        return written(self.samples.three(self.entity, field)[0])

    def _simply_unique(self) -> Code:
        plain = (fields for fields in self._unique_sets() if not any(_is_link(self.entity.field(f)) for f in fields))
        fields = next(plain, None)
        return Code("") if fields is None else self._given(fields)

    def _unique_sets(self) -> Iterator[tuple[str, ...]]:
        sendable = {each.name for each in self.create.properties if not each.read_only}
        scope = tenant_field(self.design, self.entity)
        known = {scope.name} if scope else set[str]()  # all rows of a test are of one tenant
        sets = dict.fromkeys(tuple(f for f in fields if f not in known) for fields in unique_sets(self.entity))
        for asked in sets:
            if any(set(other) < set(asked) for other in sets):  # rows that agree in these agree in fewer already
                continue
            if sendable.issuperset(asked) and not any(self.entity.field(field).private for field in asked):
                yield asked

    def _references(self) -> Iterator[Linked]:
        for each in self._sendable():
            field = self.entity.field(each.name)
            if isinstance(field.type, types.Ref) and each.given is not Given.CALLER:
                yield self._linked(field, field.type.target, self.dialect.column(field))

    def _expanded(self) -> Iterator[Linked]:
        """References whose rows a test can choose."""
        for field in self.entity.fields:
            if (
                isinstance(field.type, types.Ref)
                and not field.private
                and field != tenant_field(self.design, self.entity)
            ):
                yield self._linked(field, field.type.target, self.dialect.column(field))

    def _links(self) -> Iterator[Linked]:
        for field in self.entity.fields:
            if isinstance(field.type, types.Many) and not field.private and field.given is Given.CLIENT:
                yield self._linked(field, field.type.target, field.name)

    def _linked(self, field: Field, target: str, column: str) -> Linked:
        other = self.design.entity(target)
        return Linked(
            name=field.name,
            factory=names.module(other),
            arguments=self._row_arguments(other),
            also=_also(self._row_arguments(other)),
            column=column,
            deleted=other.trash is not None,
            absent=self._absent(target),
            code="type" if not self._is_uuid(target) else "format",
        )

    def _private(self, part: Entity) -> Iterator[str]:
        """The private fields of a part and of its own parts."""
        yield from (field.name for field in part.fields if field.private)
        yield from self._private_in_parts(part)

    def _private_in_parts(self, entity: Entity) -> Iterator[str]:
        for field in entity.fields:
            if isinstance(field.type, types.Parts):
                yield from self._private(self.design.entity(field.type.target))

    def _parts(self) -> Iterator[PartField]:
        for field in self.entity.fields:
            if isinstance(field.type, types.Parts):
                part = self.design.entity(field.type.target)
                schema = self.maker.schema(part)
                yield PartField(
                    name=field.name,
                    factory=names.module(part),
                    arguments=self._body_arguments(part),
                    unshown=_private_too(self._private(part)),
                    at_once=not any(isinstance(each.type, types.Parts | types.Many) for each in part.fields),
                    changed=tuple(self._changed_part(part)),
                    once=tuple(self._once_in(part)),
                    read_only=tuple(each.name for each in schema.properties if each.read_only),
                    required=tuple(
                        e.name for e in schema.properties if e.required and not e.read_only and e.name != "id"
                    ),
                )

    def _once_in(self, part: Entity) -> Iterator[Linked]:
        for each in self.maker.schema(part).properties:
            field = part.field(each.name)
            if each.given is Given.ONCE and isinstance(field.type, types.Ref) and field.type.target != "User":
                yield self._linked(field, field.type.target, self.dialect.column(field))

    def _changed_part(self, part: Entity) -> Iterator[Value]:
        plain = self.samples.plain(part.name)
        for each in self.maker.schema(part).properties:
            field = part.field(each.name)
            if (
                each.read_only
                or each.given is not Given.CLIENT
                or each.name == "id"
                or _is_link(field)
                or field.private
            ):
                continue
            for value in reversed(self.samples.three(part, field)):
                if value != plain.get(field.name) and self.samples.checked(part, {**plain, field.name: value}):
                    yield Value(name=field.name, value=written(value))
                    return

    # Reading

    def _filters(self) -> Iterator[Filtered]:
        for found in self.listed.filters:
            if "__" in found.name:
                continue
            field = self.entity.field(found.name)
            if not field.stored or isinstance(field.type, types.Ref | types.Values) or field.name in KEPT:
                continue
            rows = list(self._different(field))
            if len(rows) > 1:
                values = [row[field.name] for row in rows]
                yield Filtered(
                    name=field.name,
                    operators=tuple(operator.value for operator in found.operators),
                    values=written(values),
                    rows=tuple(written(row) for row in rows),
                )

    def _different(self, field: Field) -> Iterator[dict[str, Any]]:
        """Columns of rows that differ in the field."""
        values = (*self.samples.three(self.entity, field), *([None] if field.optional else []))
        for value in values:
            row = self._with(field, value)
            if row is not None:
                yield row

    def _with(self, field: Field, value: Any) -> dict[str, Any] | None:
        if any(field.name in (overlap.start, overlap.end) for overlap in self.entity.no_overlap):
            return None
        plain = self.samples.plain(self.entity.name)
        solved = self.samples.solved(self.entity, {field.name: value})
        if solved is None:
            return None
        tied = {key: solved[key] for key in solved if key != field.name and solved[key] != plain.get(key)}
        return {field.name: value} | tied

    def _sorts(self) -> Iterator[Sorted]:
        choices = next(each.choices for each in self.listed.parameters if each.name == "sort")
        for choice in choices:
            field = self.entity.field(choice)
            if not field.stored or isinstance(field.type, types.Ref | types.Enum) or field.name in KEPT:
                continue
            rows = list(self._different(field))[:4]
            if len(rows) > 1:
                again = [] if self._is_alone(field) else [rows[0]]
                chosen = [*rows[1:], rows[0], *again]
                yield Sorted(
                    name=field.name,
                    values=written([row[field.name] for row in chosen]),
                    rows=tuple(written(row) for row in chosen),
                )

    def _is_alone(self, field: Field) -> bool:
        """Whether no two rows may agree in the field."""
        return any(field.name in fields for fields in unique_sets(self.entity))

    def _searched(self) -> str:
        """A field that is searched, and takes any text."""
        searched = (field for field in self.entity.fields if field.search and not field.private)
        return next((field.name for field in searched if field.pattern is None and _has_room(field)), "")

    # Moving

    def _states(self, move: Move) -> tuple[str, ...]:
        type_ = self.entity.field(move.field).type
        assert isinstance(type_, types.Enum)
        return type_.words

    def _moves(self) -> Iterator[Moved]:
        for move in self.entity.moves:
            inputs = self.inputs(move)
            yield Moved(
                name=move.name,
                path=move.name.replace("_", "-"),
                field=move.field,
                states=self._states(move),
                sources=move.source,
                target=move.target,
                body=code(", json=sent({})", written(inputs)) if move.input else Code(""),
                columns=joined("", list(self._cleared(move))),
                stored=tuple(self._stored(move, inputs)),
                set=tuple(self._set_by_server(move)),
            )

    def inputs(self, move: Move) -> dict[str, Any]:
        """What is sent with a move."""
        return {field.name: value for field in move.input for value in self.samples.three(self.entity, field)[:1]}

    def _own(self, move: Move) -> Iterator[tuple[Effect, Field]]:
        """What a move sets in the row itself, as far as it is shown."""
        for effect in move.effects:
            if effect.over is None and len(effect.target.steps) == 1 and effect.operator == "=":
                field = self.entity.field(effect.target.steps[0])
                if not field.private:
                    yield effect, field

    def _stored(self, move: Move, inputs: dict[str, Any]) -> Iterator[Value]:
        """What a move stores in the row itself."""
        oracle = Oracle(self.design, Caller(inputs=inputs))
        row = self.samples.row(self.entity) | dict(self.samples.plain(self.entity.name))
        for effect, field in self._own(move):
            if isinstance(field.type, types.Ref):
                if isinstance(effect.value, User) and not effect.value.steps:
                    yield Value(name=field.name, value=Code("boss.json_id"))
                continue
            try:
                value = oracle.typed(oracle.value(effect.value, row), field.type)
            except UnknownWorthError:
                continue
            yield Value(name=field.name, value=written(value))

    def _set_by_server(self, move: Move) -> Iterator[str]:
        for effect, field in self._own(move):
            if isinstance(effect.value, Now | Today):
                yield field.name

    def _cleared(self, move: Move) -> Iterator[Code]:
        """A value for each field that a move sets to null."""
        for effect, field in self._own(move):
            cleared = isinstance(effect.value, Literal) and effect.value.value is None
            if cleared and not isinstance(field.type, types.Ref):
                for value in self.samples.three(self.entity, field)[:1]:
                    yield code(", {}={}", field.name, written(value))

    def _shifted(self) -> Iterator[Shifted]:
        for move in self.entity.moves:
            for number, effect in enumerate(move.effects):
                found = self._shift(move, effect, number)
                if found is not None:
                    yield found

    def _shift(self, move: Move, effect: Effect, number: int) -> Shifted | None:
        way = self._way(effect)
        if way is None:
            return None
        holder, whole = way
        reference = holder.field(effect.target.steps[0])
        target_name, field_name = ending(self.design, effect.target)
        target = self.design.entity(target_name)
        field = target.field(field_name)
        row = self.samples.row(holder) | dict(self.samples.plain(holder.name))
        inputs = self.inputs(move)
        try:
            amount = Oracle(self.design, Caller(inputs=inputs)).value(effect.value, row)
        except UnknownWorthError:
            return None
        before = self.samples.row(target)[field_name]
        if before is None or amount is None or not amount:
            return None
        after = before - amount if effect.operator == "-=" else before + amount
        read = [f for f in sorted(read_by(effect.value, holder)) if holder.field(f).stored and f not in KEPT]
        read = [f for f in read if not isinstance(holder.field(f).type, types.Ref)]
        amounts = [code("{}={}", each, written(row[each])) for each in read]
        return Shifted(
            name=f"{move.name}_changes_{field_name}" + (f"_{number}" if number else ""),
            text=effect.text,
            path=effect.text.split(" ", 1)[0],
            source=f"{move.field}={quoted(move.source[0])}",
            request=move.name.replace("_", "-"),
            body=code(", json=sent({})", written(inputs)) if move.input else Code(""),
            target=names.module(target),
            target_also=_also(self._row_arguments(target)),
            part_also=_also(self._row_arguments(holder)),
            before=code("{}={}", field_name, written(before)),
            after=self._stored_in(target, {field_name: self._typed(after, field), "version": Code("2")}),
            short=self._from_bound(field, effect.operator, amount - unit(field)),
            enough=self._from_bound(field, effect.operator, amount * PIECES),
            least=self._at_bound(target, field, effect.operator),
            part=names.module(holder) if whole else "",
            whole=whole,
            reference=self.dialect.column(reference),
            columns=joined(", ", [Code(f"{self.dialect.column(reference)}=other"), *amounts]),
            field=move.field,
            state=move.source[0],
        )

    def _way(self, effect: Effect) -> tuple[Entity, str] | None:
        """What an effect reads its amounts from, if that is this row or rows that belong to it: the entity, and its
        column that names this row."""
        if effect.operator == "=" or len(effect.target.steps) != 2:
            return None
        if effect.over is None:
            return self.entity, ""
        way = self.entity.field(effect.over.steps[0]).type
        if len(effect.over.steps) != 1 or not isinstance(way, types.Parts | types.Inverse):
            return None
        part = self.design.entity(way.target)
        return part, self.dialect.column(part.field(way.by))

    def _from_bound(self, field: Field, operator: str, amount: Any) -> Code:
        """The value that is so far from the bound that an effect meets; empty where there is none."""
        bound = self._bound(field, operator)
        if bound is None:
            return Code("")
        value = bound + amount if operator == "-=" else bound - amount
        return code("{}={}", field.name, written(value)) if inside(field, value) else Code("")

    def _at_bound(self, target: Entity, field: Field, operator: str) -> Lines:
        bound = self._bound(field, operator)
        return () if bound is None else self._stored_in(target, {field.name: written(bound)})

    def _stored_in(self, target: Entity, values: dict[str, Code]) -> Lines:
        return self.dialect.stored(self.design, target, values)

    def _typed(self, value: Any, field: Field) -> Code:
        return written(self.samples.oracle.typed(value, field.type))

    def _bound(self, field: Field, operator: str) -> Any:
        least, most = limits(field)
        return least if operator == "-=" else most

    def _caused(self, verb: str, effects: tuple[Effect, ...]) -> Iterator[Caused]:
        """Effects on one number, by an amount that is known."""
        for number, effect in enumerate(effects):
            steps = effect.target.steps
            own = len(steps) == 1
            if effect.operator == "=" or effect.over is not None or len(steps) > 2 or (own and verb != "update"):
                continue
            target_name, field_name = ending(self.design, effect.target)
            target = self.design.entity(target_name)
            amount = self._amount(effect)
            before = self.samples.row(target)[field_name]
            given = Code("") if own else self._leading(verb, effect)
            if amount is None or before is None or given is None or target.builtin:
                continue
            after = before - amount if effect.operator == "-=" else before + amount
            yield Caused(
                name=f"{verb}_changes_{field_name}" + (f"_{number}" if number else ""),
                text=effect.text,
                own=own,
                target=names.module(target),
                target_also=_also(self._row_arguments(target)),
                before=code("{}={}", field_name, written(before)),
                after=self._stored_in(target, {field_name: self._typed(after, target.field(field_name))}),
                given=given,
            )

    def _amount(self, effect: Effect) -> Any:
        """How much the effect on a sample row is; None where that is not known, or nothing."""
        row = self.samples.row(self.entity) | dict(self.samples.plain(self.entity.name))
        try:
            return Oracle(self.design, Caller()).value(effect.value, row) or None
        except UnknownWorthError:
            return None

    def _leading(self, verb: str, effect: Effect) -> Code | None:
        """What leads to the row `other`, with the amounts; None where a body cannot say so."""
        reference = self.entity.field(effect.target.steps[0])
        row = self.samples.row(self.entity) | dict(self.samples.plain(self.entity.name))
        read = [f for f in sorted(read_by(effect.value, self.entity)) if f not in KEPT]
        sendable = {each.name for each in self.create.properties if not each.read_only}
        if verb == "create":
            if not sendable.issuperset((reference.name, *read)):
                return None
            return joined(", ", [Code(f"{reference.name}=other"), *(code("{}={}", f, written(row[f])) for f in read)])
        columns = [code("{}={}", f, written(row[f])) for f in read if self.entity.field(f).stored]
        return joined(", ", [Code(f"{self.dialect.column(reference)}=other"), *columns])

    def _referring(self) -> Iterator[Referring]:
        for other in self.design.entities:
            for field in other.fields:
                if not isinstance(field.type, types.Ref) or field.type.target != self.entity.name or not field.stored:
                    continue
                if (
                    other.builtin
                    or field.on_delete is not OnDelete.RESTRICT
                    or field == tenant_field(self.design, other)
                ):
                    continue
                yield Referring(
                    name=f"{names.module(other)}_{field.name}",
                    factory=names.module(other),
                    column=self.dialect.column(field),
                    also=_also(self._row_arguments(other)),
                    deleted=other.trash is not None,
                )

    def _cell(self) -> str:
        texts = (field for _, field in self._sent() if isinstance(field.type, types.Text) and field.pattern is None)
        tied = tied_fields(self.entity)
        return next((f.name for f in texts if not f.private and _has_room(f) and f.name not in tied), "")

    # Overlaps

    def _overlaps(self) -> Iterator[Overlapping]:
        for place, overlap in enumerate(self.entity.no_overlap, start=1):
            start = self.entity.field(overlap.start)
            sendable = {each.name for each in self.create.properties if not each.read_only}
            if (
                overlap.start not in sendable
                or overlap.end not in sendable
                or not isinstance(start.type, types.DateTime)
            ):
                continue
            scope = tenant_field(self.design, self.entity)
            shared = tuple(f for f in overlap.fields if scope is None or f != scope.name)
            if not all(field in sendable and not self.entity.field(field).optional for field in shared):
                continue
            if overlap.where is not None and not self._counts(overlap.where):
                continue
            times = [code("sent({})", written(value)) for value in _times()]
            alike = [each.fields for each in self.entity.no_overlap if each.start == overlap.start]
            words = (*(overlap.fields if len(alike) > 1 else ()), overlap.start)
            yield Overlapping(
                name="_".join((*words, *([str(place)] if alike.count(overlap.fields) > 1 else ()))),
                shared=shared,
                field=overlap.start,
                start=overlap.start,
                end=overlap.end,
                times=tuple(times),
                changed=start.given is Given.CLIENT,
                free=self._free(overlap),
            )

    def _counts(self, condition: Expr) -> bool:
        """Whether the condition holds for a new row of which only what is required was sent."""
        try:
            return self.samples.oracle.holds(condition, self.samples.row(self.entity))
        except UnknownWorthError:
            return False

    def _free(self, overlap: NoOverlap) -> Code:
        """A state in which the condition of a `no_overlap` does not hold."""
        if overlap.where is None:
            return Code("")
        row, holds = self.samples.row(self.entity), self.samples.oracle.holds
        states = ((move.field, word) for move in self.entity.moves for word in self._states(move))
        free = ((field, word) for field, word in states if not holds(overlap.where, row | {field: word}))
        return next((Code(f"{field}={quoted(word)}") for field, word in free), Code(""))


def _times() -> tuple[datetime, ...]:
    return tuple(START + timedelta(days=40, minutes=30 * place) for place in range(5))


def _more(values: dict[str, Any]) -> Iterator[Code]:
    """Values as further arguments."""
    yield from (code(", {}={}", name_, written(value)) for name_, value in values.items())


def paths_over(expr: Expr) -> frozenset[str]:
    """The fields that the aggregates of an expression begin with."""
    found: set[str] = set()

    def gather(node: Expr) -> Expr:
        if isinstance(node, Aggregate):
            found.add(node.over.steps[0])
        return node

    rewrite(expr, gather)
    return frozenset(found)


def _around(left: str, right: str, inner: Code) -> Code:
    return Code(f"{left}{inner.text}{right}", inner.imports)


def _also(arguments: str) -> str:
    return f", {arguments}" if arguments else ""


def _private_too(names: Iterable[str]) -> str:
    """What an answer is compared without, as an argument that may be left out."""
    found = tuple(dict.fromkeys(names))
    return f", {tuple_of(found)}" if found else ""


def _set(words: Iterable[str], *more: str) -> Code:
    """A set of words and variables."""
    return Code("{" + ", ".join((*more, *map(quoted, words))) + "}")


def _without(variable: str, words: tuple[str, ...]) -> Code:
    """A dictionary without some of its keys."""
    if not words:
        return Code(variable)
    return Code(f"{{key: value for key, value in {variable}.items() if key not in {_set(words)}}}")


def _used(page: EntityPage, core: str) -> Iterator[Code]:
    """What the file imports, as far as it has tests that need it."""
    needs = {
        "in_order": page.sorts,
        "questions": page.filters,
        "listed": True,
        "made": True,
        "refused": True,
        "shows": True,
        "walked": True,
    }
    yield from (name("tests.checks", word) for word, needed in needs.items() if needed)
    yield from (name("tests.conftest", word) for word in ("Account", "As"))
    yield name("tests.rows", "sent")
    if page.scoped:
        yield name("tests.tenancy", "within")
    if any(part.at_once for part in page.parts):
        yield name("tests.conftest", "Counted")
        yield from (name("collections.abc", "Callable"), name("contextlib", "AbstractContextManager"))
    yield name("tests.rows", "START")
    yield from (name(core, word) for word in ("export", "idempotency"))
    yield name("tests", "factories")
    yield from (name("csv", ""), name("json", ""), name("pytest", ""), name("io", "StringIO"), name("typing", "Any"))


def _has_room(field: Field) -> bool:
    return not isinstance(field.type, types.Text) or field.type.length is None or field.type.length >= 10


def _is_link(field: Field) -> bool:
    return isinstance(field.type, types.Ref | types.Many | types.Parts | types.Inverse)


def _extremes(field: Field) -> tuple[Any, ...]:
    """Short and far values, which checks may refuse."""
    match field.type:
        case types.Text() if field.pattern is None:
            return ("", "x")
        case types.DateTime():
            return (START - timedelta(days=400), START + timedelta(days=400))
        case types.Date():
            return (START.date() - timedelta(days=400), START.date() + timedelta(days=400))
        case types.Int() | types.BigInt():
            return (0, 1, 1000)
        case types.Decimal():
            return tuple(exact(field, number) for number in (0, 1, 1000))
        case _:
            return ()
