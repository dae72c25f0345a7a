"""What is accepted: minimal and full bodies, defaults, computed and stored fields, and what PATCH and PUT leave."""

import math
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backsmith.contract.model import Property
from backsmith.design import naming, types
from backsmith.design.expressions import Literal, Now, Today
from backsmith.design.model import Entity, Field, Given
from backsmith.samples.oracle import UnknownWorthError
from backsmith.samples.rows import KEPT, limits, tied_fields
from backsmith.verify.answers import agrees, difference
from backsmith.verify.court import Account, Court, document, status
from backsmith.verify.groups import together
from backsmith.verify.knowledge import Knowledge, Row
from backsmith.verify.mistakes import as_field, numeric
from backsmith.verify.model import Exchange
from backsmith.verify.momentary import is_momentary, momentary
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World

MOMENT = timedelta(minutes=2)
"""How far apart the clocks of judge and server may be, with the time that a check takes."""
ABSENT = {True: "00000000-0000-7000-8000-000000000000", False: 1_000_000_000}
"""An id that no row has; by whether ids are UUIDs."""


class Making:
    """Rows that are made over HTTP, and judged as they come."""

    def __init__(self, court: Court, world: World) -> None:
        self.court, self.world = court, world
        self.admin: Account = world.admin.within(world.home)

    async def make(self, entity: Entity, body: dict[str, Any]) -> dict[str, Any] | None:
        """Make a row of a valid body, and judge the answer. Its document; None where it is refused."""
        court, about = self.court, f"create_{naming.snake(entity.name)}"
        answer = await court.ask(self.admin, "POST", self.world.path(entity), json_body=body)
        if not court.expect_status(answer, 201, "accepts-valid", about, "a valid body"):
            return None
        row: dict[str, Any] = document(answer)
        self.world.made[entity.name].append(row["id"])
        self.shown(entity, about, body, row, answer)
        place = f"{self.world.path(entity)}/{row['id']}"
        assert answer.answer is not None
        location = answer.answer.header("location") or ""
        court.expect(location.endswith(place), "accepts-valid", about, f"Location is {location!r}", answer)
        return row

    def shown(self, entity: Entity, about: str, body: Any, row: Any, answer: Exchange) -> None:
        """Judge whether a row shows what was sent, and nothing that is private."""
        wrong = difference(self.world.design, entity, body, row)
        self.court.expect(not wrong, "accepts-valid", about, f"the answer shows otherwise: {', '.join(wrong)}", answer)
        private = [each.name for each in entity.fields if each.private and each.name in row]
        self.court.expect(not private, "field-access", about, f"private: {private}", answer)


async def bodies(court: Court, world: World) -> None:
    """Make rows of every entity, look at what they hold, change and replace them."""
    making = Making(court, world)
    made = {entity.name: await _made(making, entity) for entity in world.entities()}
    known = await Knowledge(world).learn()
    for entity in world.entities():
        _worked_out(court, world, known, entity, {row["id"] for row, _ in made[entity.name]})
        for row, body in made[entity.name]:
            _defaults(court, world, known, entity, body, row)
    await together(_changes(making, known, entity, made[entity.name][-1:]) for entity in world.entities())
    await together((_bounds(making, entity) for entity in world.entities()), 3)


async def _made(making: Making, entity: Entity) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A row of what is required alone, and two of everything, the second with other numbers; each with its body."""
    schema = making.court.contract.schema(f"{entity.name}Create")
    tied = tied_fields(entity)
    needed = {each.name for each in schema.properties if each.required or (each.nullable and each.name in tied)}
    found: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for full in (False, True, True):
        with suppress(NotMadeError):
            body = await making.world.body(entity, full=full)
            body = body if full else {name: value for name, value in body.items() if name in needed}
            body = _varied(making.world, entity, body) if len(found) > 1 else body
            row = await making.make(entity, body)
            if row is not None:
                found.append((row, body))
                await _read_again(making, entity, body, row)
    return found


def _varied(world: World, entity: Entity, body: dict[str, Any], place: int = 0) -> dict[str, Any]:
    """A body with other numbers, which differ from part to part: ones and equal ones hide how a sum is made."""
    found = dict(body)
    for field in entity.fields:
        if isinstance(field.type, types.Parts) and field.name in body:
            part = world.design.entity(field.type.target)
            found[field.name] = [_varied(world, part, each, number) for number, each in enumerate(body[field.name])]
        elif field.name in body and _is_free(world, entity, field):
            values = world.samples.three(entity, field)
            found[field.name] = to_json(values[(place + 1) % len(values)])
    return found


def _is_free(world: World, entity: Entity, field: Field) -> bool:
    """Whether a number can be another one without breaking what always holds."""
    tied = tied_fields(entity)
    spaced = {name for each in entity.no_overlap for name in (each.start, each.end)}
    counted = world.samples.numbered(entity, field) is not None
    return numeric(field.type) and field.name not in tied | spaced and not counted


async def _read_again(making: Making, entity: Entity, body: dict[str, Any], row: dict[str, Any]) -> None:
    """What is read is what was answered, and the links are there."""
    court, place = making.court, f"{making.world.path(entity)}/{row['id']}"
    about = f"get_{naming.snake(entity.name)}"
    answer = await court.ask(making.admin, "GET", place)
    read = document(answer)
    plain = {name: value for name, value in row.items() if name in (read or {}) or name not in _many(entity)}
    plain |= {name: value for name, value in (read or {}).items() if name in plain.keys() & momentary(entity)}
    court.expect(_same(read, plain), "accepts-valid", about, "the row is not what its making was answered with", answer)
    links = [each.name for each in entity.fields if isinstance(each.type, types.Many) and each.name in body]
    if links:
        answer = await court.ask(making.admin, "GET", place, query={"expand": ",".join(links)})
        expanded = document(answer) or {}
        for name in links:
            found = Counter(str(other["id"]) for other in expanded.get(name, ()))
            right = found == Counter({str(id) for id in body[name]})
            court.expect(right, "accepts-valid", about, f"{name} is not what was sent", answer)


def _same(read: Any, row: Any) -> bool:
    return isinstance(read, dict) and {**read, "links": None} == {**row, "links": None}


def _many(entity: Entity) -> set[str]:
    return {each.name for each in entity.fields if isinstance(each.type, types.Many | types.Parts | types.Inverse)}


# What the application fills in


def _worked_out(court: Court, world: World, known: Knowledge, entity: Entity, new: set[Any]) -> None:
    """Computed fields of all rows, and stored ones of those that have just been made; of parts, with their whole."""
    rows = list(known.rows[entity.name].values())
    _computed(court, world, known, entity, rows, new)
    for field in entity.fields:
        if isinstance(field.type, types.Parts):
            part = world.design.entity(field.type.target)
            inner = [child for row in rows for child in row.get(field.name, ())]
            fresh = {child["id"] for row in rows if row["id"] in new for child in row.get(field.name, ())}
            _computed(court, world, known, part, inner, fresh)


def _computed(court: Court, world: World, known: Knowledge, entity: Entity, rows: list[Row], new: set[Any]) -> None:
    oracle = known.oracle(world.admin.within(world.home))
    for field in entity.fields:
        expr = field.computed or field.set
        if expr is None or field.private or field.name in KEPT or isinstance(field.type, types.ToMany):
            continue
        for row in rows:
            if field.computed is None and row["id"] not in new:
                continue
            try:
                wanted = oracle.typed(oracle.value(expr, row), field.type)
            except UnknownWorthError:
                court.untested("computed", f"{entity.name}.{field.name}", "it depends on what no one is told")
                break
            found = row.get(field.name)
            message = f"{field.name} of {row['id']} is {found_text(found)} in place of {found_text(wanted)}"
            right = alike(found, wanted) or (is_momentary(expr) and _is_near(found, wanted))
            court.expect(right, "computed", f"{entity.name}.{field.name}", message)


def found_text(value: Any) -> str:
    """A value in a message; of a row, its id."""
    return str(value["id"]) if isinstance(value, dict) and "id" in value else str(to_json(value))


def alike(found: Any, wanted: Any) -> bool:
    """Whether two values are the same; floats and moments nearly."""
    if isinstance(found, dict) and isinstance(wanted, dict) and "id" in found and "id" in wanted:
        return bool(found["id"] == wanted["id"])
    if isinstance(found, float) and isinstance(wanted, float | int):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(found, datetime) and isinstance(wanted, datetime):
        return abs(found - wanted) < MOMENT
    if isinstance(found, date) and isinstance(wanted, date):
        return abs(found - wanted) <= timedelta(days=1) and found in _days() if wanted in _days() else found == wanted
    return bool(found == wanted)


def _is_near(found: Any, wanted: Any) -> bool:
    """Whether two lengths of time differ by what passed between them."""
    return isinstance(found, timedelta) and isinstance(wanted, timedelta) and abs(found - wanted) < MOMENT


def _days() -> set[date]:
    """Today: two days, where midnight is near."""
    now = datetime.now(UTC)
    return {(now - MOMENT).date(), now.date()}


def _defaults(court: Court, world: World, known: Knowledge, entity: Entity, body: Any, row: Any) -> None:
    """What was not sent has its default."""
    typed = known.rows[entity.name].get(row["id"])
    if typed is None:
        court.expect(False, "defaults", entity.name, f"the list does not show row {row['id']}")
        return
    for field in entity.fields:
        if field.name in body or field.private or field.name in KEPT or _is_filled_in(field):
            continue
        wanted = _default(known, world, field, typed)
        if wanted is not UNKNOWN:
            found = typed.get(field.name)
            message = f"{field.name} is {found_text(found)} in place of {found_text(wanted)}"
            court.expect(alike(found, wanted), "defaults", f"create_{naming.snake(entity.name)}", message)


UNKNOWN: Any = object()


def _is_filled_in(field: Field) -> bool:
    return field.set is not None or field.computed is not None or isinstance(field.type, types.Inverse | types.Many)


def _default(known: Knowledge, world: World, field: Field, row: Row) -> Any:
    """What a field holds where nothing was sent; UNKNOWN where that cannot be said."""
    if field.given is Given.CALLER:
        return {"id": world.admin.id}
    match field.default:
        case None:
            if field.optional:
                return None
            return [] if isinstance(field.type, types.Parts) else UNKNOWN
        case Literal():
            return world.samples.default(field)
        case Now():
            return datetime.now(UTC)
        case Today():
            return datetime.now(UTC).date()
    try:
        oracle = known.oracle(world.admin.within(world.home))
        return oracle.typed(oracle.value(field.default, row), field.type)
    except UnknownWorthError:
        return UNKNOWN


# PATCH and PUT


async def _changes(making: Making, known: Knowledge, entity: Entity, made: list[tuple[Any, Any]]) -> None:
    for row, body in made:
        typed = known.rows[entity.name].get(row["id"])
        if typed is not None:
            await _patched(making, entity, row, dict(typed))
            await _put(making, entity, row["id"], body)


async def _patched(making: Making, entity: Entity, row: dict[str, Any], typed: Row) -> None:
    """PATCH with each field alone: that one changes, all others stay."""
    world, court = making.world, making.court
    place, about = f"{world.path(entity)}/{row['id']}", f"update_{naming.snake(entity.name)}"
    before = document(await court.ask(making.admin, "GET", place))
    answer = await court.ask(making.admin, "PATCH", place, json_body={})
    if not court.expect_status(answer, 200, "patch", about, "a body without anything"):
        return
    _kept(court, entity, about, before, document(answer), set(), answer)
    for sent in court.contract.schema(f"{entity.name}Update").properties:
        if sent.given is not Given.CLIENT or isinstance(sent.type, types.ToMany | types.Ref):
            continue
        if sent.name in _moved_on(entity):
            continue
        for value in _new_values(world, entity, sent, typed):
            answer = await court.ask(making.admin, "PATCH", place, json_body={sent.name: to_json(value)})
            if not court.expect_status(answer, 200, "patch", about, f"{sent.name} alone, with a valid value"):
                continue
            after = document(answer)
            right = sent.name not in after or agrees(world.design, sent.type, to_json(value), after[sent.name])
            court.expect(right, "patch", about, f"{sent.name} is not what was sent", answer)
            _kept(court, entity, about, before, after, {sent.name}, answer)
            before, typed[sent.name] = after, value


def _new_values(world: World, entity: Entity, sent: Property, typed: Row) -> list[Any]:
    """A value that differs from the row's, and null where that clears it; as far as the checks allow it."""
    field = entity.field(sent.name)
    if any(field.name in (each.start, each.end) for each in entity.no_overlap):
        return []
    numbered = world.samples.numbered(entity, field)
    values = [numbered.of(next(world.numbers))] if numbered else list(world.samples.three(entity, field))[::-1]
    found: list[Any] = []
    for value in [*([None] if sent.nullable else []), *values]:
        allowed = world.samples.checked(entity, {**typed, field.name: value})
        if value != typed.get(field.name) and allowed and len(found) < (2 if sent.nullable else 1):
            found.append(value)
    return found


def _kept(court: Court, entity: Entity, about: str, before: Any, after: Any, but: set[str], answer: Exchange) -> None:
    """Note whether a change left alone what it did not speak of."""
    moving = {each.name for each in entity.fields if each.computed is not None} | {"updated_at", "links"}
    moving |= _moved_on(entity)
    changed = sorted(
        name
        for name in before
        if name not in moving | but | _many(entity) and before[name] != (after or {}).get(name, ...)
    )
    court.expect(not changed, "patch", about, f"what was not sent has changed: {', '.join(changed)}", answer)


async def _put(making: Making, entity: Entity, id: Any, body: dict[str, Any]) -> None:
    """PUT with what is required alone: all else returns to its default, and what nobody sends stays."""
    world, court = making.world, making.court
    place, about = f"{world.path(entity)}/{id}", f"replace_{naming.snake(entity.name)}"
    schema = court.contract.schema(f"{entity.name}Replace")
    needed = {name: body[name] for name in (each.name for each in schema.properties if each.required) if name in body}
    before = document(await court.ask(making.admin, "GET", place))
    answer = await court.ask(making.admin, "PUT", place, json_body=needed)
    if _breaks_checks(world, entity, needed) or status(answer) == 409:
        return
    if not court.expect_status(answer, 200, "put", about, "a valid body"):
        return
    after = document(answer)
    making.shown(entity, about, needed, after, answer)
    for sent in schema.properties:
        if sent.given is not Given.CLIENT or sent.name in {*needed, *_moved_on(entity)}:
            continue
        if entity.field(sent.name).private:
            continue
        wanted = _returned(world, entity.field(sent.name))
        if wanted is not UNKNOWN:
            right = sent.name in after and agrees(world.design, sent.type, to_json(wanted), after[sent.name])
            court.expect(right, "put", about, f"{sent.name} did not return to its default", answer)
    names = {each.name for each in entity.fields}
    kept = [each.name for each in schema.properties if each.read_only and each.name in names & before.keys()]
    still = [name for name in kept if _stays(entity, name)]
    changed = [name for name in still if before[name] != after.get(name)]
    court.expect(not changed, "put", about, f"what nobody sends has changed: {', '.join(changed)}", answer)
    await _never_creates(making, entity, needed, about)


def _moved_on(entity: Entity) -> set[str]:
    """The fields that an effect of every change sets."""
    return {effect.target.steps[0] for effect in entity.effects.update}


def _stays(entity: Entity, name: str) -> bool:
    effects = _moved_on(entity)
    return name != "updated_at" and entity.field(name).computed is None and name not in _many(entity) | effects


def _returned(world: World, field: Field) -> Any:
    """What a field returns to; UNKNOWN where that is not told in the answer, or cannot be said beforehand."""
    if isinstance(field.type, types.Parts):
        return []
    if isinstance(field.type, types.Many) or (field.default is not None and not isinstance(field.default, Literal)):
        return UNKNOWN
    if field.default is None:
        return None if field.optional else UNKNOWN
    return world.samples.default(field)


def _breaks_checks(world: World, entity: Entity, body: dict[str, Any]) -> bool:
    plain = world.samples.solved(entity, {}) or {}
    bare = {field.name: _returned(world, field) for field in entity.fields if field.name not in body}
    row = plain | {name: value for name, value in bare.items() if value is not UNKNOWN and name in plain}
    return not world.samples.checked(entity, row)


async def _never_creates(making: Making, entity: Entity, body: dict[str, Any], about: str) -> None:
    court, absent = making.court, ABSENT[entity.ids.value == "uuid7"]
    answer = await court.ask(making.admin, "PUT", f"{making.world.path(entity)}/{absent}", json_body=body)
    court.expect_status(answer, 404, "put", about, "a row that is not there")
    answer = await court.ask(making.admin, "GET", f"{making.world.path(entity)}/{absent}")
    court.expect_status(answer, 404, "put", about, "a row that PUT must not have made")


# On the bounds


async def _bounds(making: Making, entity: Entity) -> None:
    """The least and the most that is allowed is accepted, and text of the greatest length."""
    world = making.world
    for sent in making.court.contract.schema(f"{entity.name}Create").properties:
        if sent.given not in (Given.CLIENT, Given.ONCE) or isinstance(sent.type, types.ToMany | types.Ref):
            continue
        for value in _allowed(sent):
            with suppress(NotMadeError):
                await _on_bound(making, entity, sent, value, world)


async def _on_bound(making: Making, entity: Entity, sent: Property, value: Any, world: World) -> None:
    court, about = making.court, f"create_{naming.snake(entity.name)}"
    solved = world.samples.solved(entity, {sent.name: value}, full=True, n=next(world.numbers))
    spaced = {name for each in entity.no_overlap for name in (each.start, each.end)}
    if solved is None or sent.name in spaced:
        return
    body = await world.body(entity, **{sent.name: to_json(value)})
    tied = {each.name for each in entity.fields if each.name in solved and each.name in body} - spaced
    body |= {name: to_json(solved[name]) for name in tied if world.samples.numbered(entity, entity.field(name)) is None}
    answer = await court.ask(making.admin, "POST", world.path(entity), json_body=body | {sent.name: to_json(value)})
    if status(answer) == 409:  # another row has this very value, as it may
        return
    shown = f"{sent.name} on its bound"
    if court.expect_status(answer, 201, "bounds", about, shown):
        row = document(answer)
        right = sent.name not in row or agrees(world.design, sent.type, to_json(value), row[sent.name])
        court.expect(right, "bounds", about, f"{shown} is not shown as it was sent", answer)


def _allowed(sent: Property) -> list[Any]:
    """Values that are just allowed."""
    match sent.type:
        case types.Text(length=length) if length is not None and length < 5000 and not sent.pattern:
            return ["\N{SNOWMAN}" * length]
        case types.Slug():
            return ["a" * 100]
    if not numeric(sent.type):
        return []
    return [value for value in limits(as_field(sent)) if value is not None]
