"""Rows and values that a design allows: what factories make, and what written tests send and expect."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from backsmith.design import types
from backsmith.design.expressions import Comparison, Expr, Literal, Now, Path, Tenant, Today
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.design.rewrite import rewrite
from backsmith.samples.oracle import Caller, Oracle, UnknownWorthError
from backsmith.samples.spelling import spelling

START = datetime(2100, 1, 15, 8, 30, tzinfo=UTC)
WORDS = ("Alpha", "Beta", "Gamma")
WIDE = 7
"""Digits in front of the point that no count of rows fills."""
ROOM = 100
"""How far a number that effects change stays from its bound."""
KEPT = frozenset({"id", "created_at", "updated_at", "version", "deleted_at"})

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A value that differs with the number of its row. `form` is Python over `n`."""

    form: str
    of: Callable[[int], Any]


class Samples:
    """The sample values of one design."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.oracle = Oracle(design, Caller(now=START))
        self.lowered_by_effects = frozenset(_shifted(design, "-="))
        self.raised_by_effects = frozenset(_shifted(design, "+="))
        self.plain = cache(self._plain)

    # Values

    def three(self, entity: Entity, field: Field) -> tuple[Any, ...]:
        """Up to three different values within the bounds, the least first."""
        found: list[Any] = []
        for value in self._candidates(entity, field):
            if inside(field, value) and value not in found:
                found.append(value)
        return tuple(found)

    def _candidates(self, entity: Entity, field: Field) -> tuple[Any, ...]:
        match field.type:
            case types.Text() if field.pattern is not None:
                spelled = spelling(field.pattern, field.type.length)
                return tuple(spelled.text(number) for number in range(3)) if spelled else ()
            case types.Text(length=length):
                return tuple(word[:length] for word in WORDS)
            case types.Int() | types.BigInt() | types.Decimal() | types.Float():
                return self._numbers(entity, field)
            case types.Enum(words=words):
                return words[:3]
            case types.Values(item=item):
                inner = self._candidates(entity, Field(name=field.name, type=item))
                return tuple([value] for value in inner)
            case types.Embedded(name=name):
                return tuple(self._embedded(name, place) for place in range(3))
            case _:
                return FIXED[type(field.type)]

    def _embedded(self, name: str, place: int) -> dict[str, Any]:
        inner = next(found for found in self.design.embedded if found.name == name)
        owner = Entity(name=name, fields=inner.fields, plural=name, access=self.design.entities[0].access)
        chosen = {field.name: self.three(owner, field) for field in inner.fields}
        return {name: values[place % len(values)] for name, values in chosen.items() if values}

    def _numbers(self, entity: Entity, field: Field) -> tuple[Any, ...]:
        least, most = limits(field)
        step = _step(field, least, most)
        path = (entity.name, field.name)
        if least is not None and path in self.lowered_by_effects:
            least = least + ROOM
        elif most is not None and path in self.raised_by_effects:
            least = most - ROOM
        elif least is None:
            least = exact(field, Decimal("2.5")) if most is None else most - 2 * step
        elif most is None or most - least >= ROOM:
            least = least + exact(field, Decimal("2.5"))
        return tuple(exact(field, least + place * step) for place in range(3))

    # What tells rows apart

    def numbered(self, entity: Entity, field: Field) -> Numbered | None:
        """How the field's value differs from row to row, where two rows must not agree or overlap in it."""
        for overlap in entity.no_overlap:
            if field.name in (overlap.start, overlap.end):
                return _spaced(field, late=field.name == overlap.end)
        if not any(field.name in names for names in unique_sets(entity)):
            return None
        return self._counted(field)

    def _counted(self, field: Field) -> Numbered | None:
        match field.type:
            case types.Text(length=length):
                return _text(field, length)
            case types.Email():
                return Numbered(form='f"person{n}@example.com"', of=lambda n: f"person{n}@example.com")
            case types.Url():
                return Numbered(form='f"https://example.com/{n}"', of=lambda n: f"https://example.com/{n}")
            case types.Slug():
                return Numbered(
                    form=f'f"{field.name.replace("_", "-")}-{{n}}"', of=lambda n: f"{field.name.replace('_', '-')}-{n}"
                )
            case types.Phone():
                return Numbered(form='f"+1202{5551000 + n}"', of=lambda n: f"+1202{5551000 + n}")
            case types.Ip():
                return Numbered(  # a group has four digits
                    form='f"2001:db8::{1 + n // 10000}:{n % 10000}"',
                    of=lambda n: f"2001:db8::{1 + n // 10000}:{n % 10000}",
                )
            case types.Uuid():
                return Numbered(form="UUID(int=n)", of=lambda n: UUID(int=n))
            case types.Int() | types.BigInt() | types.Decimal() | types.Float():
                least, most = limits(field)
                low = exact(field, least if least is not None else (most - 1000 if most is not None else 0))
                if most is None and isinstance(field.type, types.Decimal) and _digits(field.type) < WIDE:
                    most = low + 10 ** _digits(field.type) - 1 - max(int(low), 0)
                if most is not None:
                    room = int(most - low) + 1
                    return Numbered(form=f"{low!r} + n % {room}", of=lambda n: low + n % room)
                return Numbered(form=f"{low!r} + n", of=lambda n: low + n)
            case types.DateTime() | types.Date() | types.Time():
                return _spaced(field, late=False)
            case types.Duration():
                return Numbered(form="timedelta(minutes=n)", of=lambda n: timedelta(minutes=n))
        return None

    # Whole rows

    def solved(self, entity: Entity, fixed: Values, *, full: bool = False, n: int = 1) -> dict[str, Any] | None:
        """Values of the entity's own plain fields that go with the fixed ones; None where no checks allow that.

        full: optional fields have values too.
        """
        fields = [field for field in plain_fields(entity) if field.name not in fixed]
        tied = tied_fields(entity)
        start = {field.name: self._first(entity, field, full, n) for field in fields} | dict(fixed)
        free = [field for field in fields if field.name in tied]
        choices = [self._choices(entity, field, full, n) for field in free]
        for chosen in itertools.product(*choices):
            row = start | {field.name: value for field, value in zip(free, chosen, strict=True)}
            if self.checked(entity, row):
                return row
        return None

    def checked(self, entity: Entity, row: Values) -> bool:
        """Whether the entity's checks hold."""
        return self.hold([check.condition for check in entity.checks], row)

    def hold(self, conditions: Iterable[Expr], row: Values) -> bool:
        """Whether the conditions hold for the row, as far as it is known."""
        return all(self._holds(condition, row) for condition in conditions)

    def _holds(self, condition: Expr, row: Values) -> bool:
        try:
            return self.oracle.holds(condition, row)
        except UnknownWorthError:
            return True

    def others(self, entity: Entity, field: Field) -> tuple[str, ...]:
        """The references in front of this one that have to name another row than it does, by the entity's checks."""
        if not isinstance(field.type, types.Ref):
            return ()
        before = itertools.takewhile(lambda each: each.name != field.name, entity.fields)
        return tuple(each.name for each in before if each.type == field.type and self._differ(entity, each, field))

    def _differ(self, entity: Entity, one: Field, other: Field) -> bool:
        """Whether a check does not let two references name one row, and lets them name two."""
        both = {one.name, other.name}
        tied = [check.condition for check in entity.checks if both <= read_by(check.condition, entity)]
        plain = self.plain(entity.name)
        same, apart = ({**plain, one.name: {"id": 1}, other.name: {"id": number}} for number in (1, 2))
        return bool(tied) and not self.hold(tied, same) and self.hold(tied, apart)

    def _choices(self, entity: Entity, field: Field, full: bool, n: int) -> list[Any]:
        numbered = self.numbered(entity, field)
        values = list(self.three(entity, field)) if numbered is None else [numbered.of(n)]
        return [self.default(field), *values] if field.optional and not full else values

    def _first(self, entity: Entity, field: Field, full: bool, n: int) -> Any:
        numbered = self.numbered(entity, field)
        if field.optional and not full and (numbered is None or field.default is None):
            return None if field.default is None else self.default(field)
        if numbered is not None:  # of two rows with the default, one is too many
            return numbered.of(n)
        if field.default is not None and not full and not self._needs_room(entity, field):
            return self.default(field)
        values = self.three(entity, field)
        return values[0] if values else None

    def _needs_room(self, entity: Entity, field: Field) -> bool:
        """Whether an effect would break a bound if the row began at its default."""
        return (entity.name, field.name) in self.lowered_by_effects and limits(field)[0] is not None

    def default(self, field: Field) -> Any:
        """What is stored where nothing is sent."""
        match field.default:
            case None:
                return None
            case Literal(value=value):
                return (
                    exact(field, value)
                    if isinstance(field.type, types.Decimal | types.Float) and value is not None
                    else value
                )
            case Now():
                return START
            case Today():
                return START.date()
            case _:
                values = self.three(self.design.entities[0], field)
                return values[0] if values else None

    def _plain(self, name: str) -> Values:
        entity = self.design.entity(name)
        found = self.solved(entity, {})
        return found if found is not None else {}

    def row(
        self, entity: Entity, account: Values | None = None, tenant: Values | None = None, n: int = 1
    ) -> dict[str, Any]:
        """A row as its factory makes it: with the rows that it needs, all of whose accounts are `account`."""
        row: dict[str, Any] = {**self.plain(entity.name), "id": (entity.name, n, id(account)), "deleted_at": None}
        row |= {"created_at": START, "updated_at": START, "version": 1}
        for field in entity.fields:
            match field.type:
                case types.Ref(targets=("User",)):
                    row[field.name] = account
                case types.Ref() if self.is_tenant(field) or (tenant is not None and self._names_tenant(entity, field)):
                    row[field.name] = tenant
                case types.Ref():
                    needed = not field.optional
                    row[field.name] = (
                        self.row(self.design.entity(field.type.target), account, tenant, n) if needed else None
                    )
                case types.Many(target="User"):
                    row[field.name] = [] if account is None else [account]
                case types.Many() | types.Parts():
                    row[field.name] = []
        for field in entity.fields:
            if field.set is not None and field.name not in KEPT and not isinstance(field.type, types.Ref):
                row[field.name] = self.stored(field, row)
        return row

    def stored(self, field: Field, row: Values) -> Any:
        """What a `set` expression stores."""
        assert field.set is not None
        try:
            return self.oracle.typed(self.oracle.value(field.set, row), field.type)
        except UnknownWorthError:
            values = self.three(self.design.entities[0], field)
            return values[0] if values else None

    def is_tenant(self, field: Field) -> bool:
        """Whether the field names the tenant that the row belongs to."""
        return isinstance(field.set, Tenant)

    def _names_tenant(self, entity: Entity, field: Field) -> bool:
        return tenant_field(self.design, entity) == field


def plain_fields(entity: Entity) -> tuple[Field, ...]:
    """The stored fields that hold values of their own, not references and not what every row has."""
    return tuple(
        field
        for field in entity.fields
        if field.stored and field.name not in KEPT and not isinstance(field.type, types.Ref) and field.set is None
    )


def unique_sets(entity: Entity) -> tuple[tuple[str, ...], ...]:
    """The sets of fields in which no two rows agree."""
    single = tuple((field.name,) for field in entity.fields if field.unique and field.name != "id")
    return single + tuple(unique.fields for unique in entity.unique)


def read_by(expr: Expr, entity: Entity) -> frozenset[str]:
    """The fields of a row of this entity that an expression reads."""
    found: set[str] = set()

    def gather(node: Expr) -> Expr:
        if isinstance(node, Path) and node.entity == entity.name:
            found.add(node.steps[0])
        return node

    rewrite(expr, gather)
    return frozenset(found)


def tied_fields(entity: Entity) -> frozenset[str]:
    """The fields that a check of the entity reads: their values go together."""
    return frozenset[str]().union(*(read_by(check.condition, entity) for check in entity.checks))


# Numbers and bounds


def exact(field: Field, value: Any) -> Any:
    """A number as the field holds it."""
    match field.type:
        case types.Decimal(scale=scale):
            return Decimal(str(value)).quantize(Decimal(1).scaleb(-scale))
        case types.Float():
            return float(value)
        case types.Int() | types.BigInt():
            return int(value)
        case _:
            return value


def _digits(type_: types.Decimal) -> int:
    """How many stand in front of the point."""
    return type_.precision - type_.scale


def unit(field: Field) -> Any:
    """The smallest step between two values of the field."""
    match field.type:
        case types.Decimal(scale=scale):
            return Decimal(1).scaleb(-scale)
        case types.Float():
            return 0.5
        case types.DateTime() | types.Duration():
            return timedelta(seconds=1)
        case types.Date():
            return timedelta(days=1)
        case _:
            return 1


def limits(field: Field) -> tuple[Any, Any]:
    """The least and the largest value within the bounds; None where there is no bound."""
    least: Any = None
    most: Any = None
    for bound in field.bounds:
        value = exact(field, bound.value.value)
        match bound.operator:
            case Comparison.GE:
                least = value
            case Comparison.GT:
                least = value + unit(field)
            case Comparison.LE:
                most = value
            case Comparison.LT:
                most = value - unit(field)
    return least, most


def inside(field: Field, value: Any) -> bool:
    """Whether the value is within the bounds."""
    if isinstance(field.type, types.Enum | types.Values | types.Embedded | types.Json | types.Text) or not field.bounds:
        return True
    least, most = limits(field)
    return (least is None or value >= least) and (most is None or value <= most)


def _step(field: Field, least: Any, most: Any) -> Any:
    if isinstance(field.type, types.Decimal) and (
        field.type.precision - field.type.scale < 1 or (most is not None and least is not None and most - least < 3)
    ):
        return unit(field)
    return exact(field, 1)


def _spaced(field: Field, *, late: bool) -> Numbered | None:
    """Times of an hour, a day apart."""
    match field.type:
        case types.DateTime():
            more = timedelta(hours=1) if late else timedelta()
            form = "START + timedelta(days=n" + (", hours=1)" if late else ")")
            return Numbered(form=form, of=lambda n: START + timedelta(days=n) + more)
        case types.Date():
            plus = " + 1" if late else ""
            return Numbered(
                form=f"START.date() + timedelta(days=2 * n{plus})",
                of=lambda n: START.date() + timedelta(days=2 * n + late),
            )
        case types.Int() | types.BigInt() | types.Decimal():
            low = limits(field)[0] or 0
            first = int(low) + late
            return Numbered(form=f"2 * n + {first}", of=lambda n: exact(field, 2 * n + first))
        case types.Time():
            return Numbered(form="time(n // 60 % 24, n % 60)", of=lambda n: time(n // 60 % 24, n % 60))
    return None


def _text(field: Field, length: int | None) -> Numbered | None:
    if field.pattern is not None:
        spelled = spelling(field.pattern, length)
        if spelled is None:
            return None
        form = f"spelled({spelled.head!r}, {spelled.alphabet!r}, {spelled.count}, {spelled.tail!r}, n)"
        return Numbered(form=form, of=spelled.text)
    stem = field.name.replace("_", " ").capitalize()
    stem = "" if length is not None and len(stem) + 5 > length else f"{stem} "
    return Numbered(form=f'f"{stem}{{n}}"', of=lambda n: f"{stem}{n}")


def _shifted(design: Design, operator: str) -> Iterator[tuple[str, str]]:
    """The fields, with their entities, that an effect lowers or raises."""
    for entity in design.entities:
        effects = (*entity.effects.create, *entity.effects.update, *entity.effects.delete)
        moved = (effect for move in entity.moves for effect in move.effects)
        for effect in (*effects, *moved):
            if effect.operator == operator:
                yield ending(design, effect.target)


def ending(design: Design, path: Path) -> tuple[str, str]:
    """The entity and the field that a path ends at."""
    entity = design.entity(path.entity)
    for step in path.steps[:-1]:
        reference = entity.field(step).type
        entity = design.entity(reference.target) if isinstance(reference, types.Ref) else entity
    return entity.name, path.steps[-1]


FIXED: Mapping[type[types.Type], tuple[Any, ...]] = {
    types.Email: ("ada@example.com", "ben@example.com", "cyd@example.com"),
    types.Url: ("https://example.com/a", "https://example.com/b", "https://example.com/c"),
    types.Slug: ("alpha", "beta", "gamma"),
    types.Phone: ("+12025550123", "+12025550124", "+12025550125"),
    types.Ip: ("192.0.2.1", "192.0.2.2", "2001:db8::1"),
    types.Bool: (False, True),
    types.Date: (START.date(), START.date() + timedelta(days=1), START.date() + timedelta(days=31)),
    types.Time: (time(8, 30), time(12), time(17, 45)),
    types.DateTime: (START, START + timedelta(hours=1), START + timedelta(days=31)),
    types.Duration: (timedelta(minutes=15), timedelta(hours=1), timedelta(days=2)),
    types.Uuid: (UUID(int=1), UUID(int=2), UUID(int=3)),
    types.Json: ({"a": 1}, {"b": [True, None]}, ["c"]),
}
"""Three values of the types that need no more than that."""


def sent_by_client(field: Field) -> bool:
    """Whether a body may hold it, on creation at least."""
    return field.given in (Given.CLIENT, Given.ONCE) and field.computed is None and not field.private
