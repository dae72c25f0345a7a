"""What always holds of rows: checks, what is unique, and what does not overlap."""

import itertools
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from backsmith.design import naming, types
from backsmith.design.expressions import Expr
from backsmith.design.model import Check, Entity, Field, Given, NoOverlap
from backsmith.samples.oracle import Caller, Oracle, UnknownWorthError
from backsmith.samples.rows import inside, read_by
from backsmith.verify.checks.bodies import Making
from backsmith.verify.court import Court, codes, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.values import from_json, to_json
from backsmith.verify.world import NotMadeError, World, path_of_moves

TRIED = 4000
"""How many combinations of values are tried to break a check."""


async def constraints(court: Court, world: World) -> None:
    """Break every constraint of every entity, by making and by changing rows."""
    making = Making(court, world)
    for entity in world.entities():
        for check in entity.checks:
            with suppress(NotMadeError):
                await _checked(making, entity, check)
        for fields, where in unique_of(entity):
            with suppress(NotMadeError):
                await _unique(making, entity, fields, where)
        for overlap in entity.no_overlap:
            with suppress(NotMadeError):
                await _apart(making, entity, overlap)
        for field in entity.fields:
            if isinstance(field.type, types.Parts):
                for fields, _ in unique_of(world.design.entity(field.type.target)):
                    with suppress(NotMadeError):
                        await _unique_parts(making, entity, field, fields)


def unique_of(entity: Entity) -> list[tuple[tuple[str, ...], Expr | None]]:
    """What no two rows share, with the condition under which."""
    single = [((field.name,), None) for field in entity.fields if field.unique and field.name != "id"]
    return [*single, *((each.fields, each.where) for each in entity.unique)]


# Checks


async def _checked(making: Making, entity: Entity, check: Check) -> None:
    court, world, name = making.court, making.world, naming.snake(entity.name)
    good = world.samples.solved(entity, {}, full=True, n=next(world.numbers))
    fields = [entity.field(each) for each in sorted(read_by(check.condition, entity))]
    links = [each for each in fields if isinstance(each.type, types.Ref)]
    rows = {each.type: [{"id": await world.reference(entity, each)}] for each in links}  # the same one for all of them
    choices = {each.name: rows.get(each.type) or _values(world, entity, each) for each in fields}
    broken = _breaking(world, check, good or {}, choices)
    if good is None or broken is None:
        court.untested("checks", f"{entity.name}.{check.name}", "no values that break it were found")
        return
    named = {each.name for each in links}
    sent = {name: value["id"] if name in named else to_json(value) for name, value in broken.items()}
    body = await world.body(entity, full=True) | sent
    answer = await court.ask(making.admin, "POST", world.path(entity), json_body=body)
    _refused(court, answer, "check", "checks", f"create_{name}", check.text, (409, 422))
    row = await making.make(entity, await world.body(entity, full=True))
    if row is not None:
        place = f"{world.path(entity)}/{row['id']}"
        changeable = {name: value for name, value in sent.items() if entity.field(name).given is Given.CLIENT}
        if changeable == sent:
            answer = await court.ask(making.admin, "PATCH", place, json_body=sent)
            _refused(court, answer, "check", "checks", f"update_{name}", check.text, (409, 422))


def _breaking(world: World, check: Check, good: dict[str, Any], choices: dict[str, list[Any]]) -> dict[str, Any] | None:
    """Values for the fields that a check reads, for which it does not hold."""
    for chosen in itertools.islice(itertools.product(*choices.values()), TRIED):
        found = dict(zip(choices, chosen, strict=True))
        with suppress(UnknownWorthError, TypeError):
            if not world.samples.oracle.holds(check.condition, good | found):
                return found
    return None


def _values(world: World, entity: Entity, field: Field) -> list[Any]:
    values = list(world.samples.three(entity, field))
    if isinstance(field.type, types.Text) and field.pattern is None:
        values += ["a", ""]
    return [value for value in values if inside(field, value)]


# Unique


async def _unique(making: Making, entity: Entity, fields: tuple[str, ...], where: Expr | None) -> None:
    court, world, name = making.court, making.world, naming.snake(entity.name)
    first, second = [await _elsewhere(world, entity, fields) for _ in range(2)]
    shared = {each: first[each] for each in fields if each in first}
    if any(each not in shared and not _is_given(entity.field(each)) for each in fields):
        court.untested("unique", f"{entity.name}: {', '.join(fields)}", "no values for it can be sent")
        return
    row = await making.make(entity, first)
    if row is None:
        return
    both = {
        name for each in entity.no_overlap if {each.start, each.end} & set(fields) for name in (each.start, each.end)
    }
    shared |= {each: first[each] for each in both if each in first}
    answer = await court.ask(making.admin, "POST", world.path(entity), json_body=second | shared)
    if where is not None and not _holds(world, entity, where, {}):
        return
    about = f"two {entity.plural} with the same {', '.join(fields)}"
    _refused(court, answer, "duplicate", "unique", f"create_{name}", about, (409,), fields)
    other = await making.make(entity, second)
    if other is not None and all(entity.field(each).given is Given.CLIENT for each in shared):
        answer = await court.ask(making.admin, "PATCH", f"{world.path(entity)}/{other['id']}", json_body=shared)
        _refused(court, answer, "duplicate", "unique", f"update_{name}", about, (409,), fields)
    if where is not None and await _left(world, entity, where, row["id"]):
        third = await _elsewhere(world, entity, fields) | shared
        answer = await court.ask(making.admin, "POST", world.path(entity), json_body=third)
        court.expect_status(answer, 201, "unique", f"create_{name}", f"{about}, where that does not count any more")


async def _elsewhere(world: World, entity: Entity, fields: tuple[str, ...]) -> dict[str, Any]:
    """A body whose row overlaps with no other, whatever it shares in these fields."""
    body = await world.body(entity, full=True)
    for overlap in entity.no_overlap:
        for name in overlap.fields:
            field = entity.field(name)
            if name in fields or name not in body or not isinstance(field.type, types.Ref):
                continue
            if field.type.target != "User":
                body[name] = await world.make(world.design.entity(field.type.target))
    return body


def _is_given(field: Field) -> bool:
    """Whether the application gives every row of one caller the same value."""
    return field.given is Given.CALLER or field.set is not None


async def _unique_parts(making: Making, entity: Entity, field: Field, fields: tuple[str, ...]) -> None:
    court, world = making.court, making.world
    assert isinstance(field.type, types.Parts)
    part = world.design.entity(field.type.target)
    if part.whole not in fields:
        return
    first, second = [await world.body(part, full=True) for _ in range(2)]
    shared = {each: first[each] for each in fields if each in first}
    if set(shared) | {part.whole} != set(fields):
        return
    body = await world.body(entity) | {field.name: [first, second | shared]}
    answer = await court.ask(making.admin, "POST", world.path(entity), json_body=body)
    about, named = f"create_{naming.snake(entity.name)}", f"two {field.name} with the same {', '.join(shared)}"
    _refused(court, answer, "duplicate", "unique", about, named, (409,))


# Overlaps


async def _apart(making: Making, entity: Entity, overlap: NoOverlap) -> None:
    court, world, name = making.court, making.world, naming.snake(entity.name)
    body = await world.body(entity, full=True)
    start, end = [from_json(entity.field(each).type, body[each]) for each in (overlap.start, overlap.end)]
    row = await making.make(entity, body)
    if row is None:
        return
    same = {each: body[each] for each in overlap.fields if each in body}
    half = (end - start) / 2 if isinstance(start, datetime) else end - start

    async def sent(first: Any, last: Any) -> dict[str, Any]:
        fresh = await world.body(entity, full=True)
        return fresh | same | {overlap.start: to_json(first), overlap.end: to_json(last)}

    what = f"{overlap.start} to {overlap.end}"
    if isinstance(start, datetime):
        answer = await court.ask(
            making.admin, "POST", world.path(entity), json_body=await sent(start + half, end + half)
        )
        _refused(court, answer, "overlap", "no-overlap", f"create_{name}", f"{what} that overlap", (409,))
        answer = await court.ask(
            making.admin, "POST", world.path(entity), json_body=await sent(end, end + (end - start))
        )
        if court.expect_status(answer, 201, "no-overlap", f"create_{name}", f"{what} that touch"):
            await _moved_over(making, entity, overlap, answer, to_json(start + half))
    for last, how in ((start, "that are empty"), (start - (end - start), "that end before they begin")):
        answer = await court.ask(making.admin, "POST", world.path(entity), json_body=await sent(start, last))
        refused = status(answer) in (409, 422)
        court.expect(refused, "no-overlap", f"create_{name}", f"{what} {how}: {status(answer)}", answer)
    if (
        isinstance(start, datetime)
        and overlap.where is not None
        and await _left(world, entity, overlap.where, row["id"])
    ):
        answer = await court.ask(
            making.admin, "POST", world.path(entity), json_body=await sent(start + half / 2, start + half)
        )
        court.expect_status(
            answer, 201, "no-overlap", f"create_{name}", f"{what} over one that does not count any more"
        )


async def _moved_over(making: Making, entity: Entity, overlap: NoOverlap, made: Exchange, start: Any) -> None:
    court, id = making.court, document(made)["id"]
    if entity.field(overlap.start).given is Given.CLIENT:
        place = f"{making.world.path(entity)}/{id}"
        answer = await court.ask(making.admin, "PATCH", place, json_body={overlap.start: start})
        about = f"update_{naming.snake(entity.name)}"
        _refused(court, answer, "overlap", "no-overlap", about, "a change that makes two overlap", (409,))


# Both


def _refused(
    court: Court,
    answer: Exchange,
    code: str,
    rule: str,
    about: str,
    what: str,
    statuses: tuple[int, ...],
    fields: tuple[str, ...] | None = None,
) -> None:
    if not court.expect_status(answer, statuses, rule, about, what):
        return
    said = {(field, found) for field, found in codes(answer) if found == code}
    if court.expect(bool(said), rule, about, f"{what}: no error says {code}", answer) and fields is not None:
        told = {field for field, _ in said} - {""}
        court.expect(told <= set(fields), rule, about, f"{what}: the error names {', '.join(sorted(told))}", answer)


def _holds(world: World, entity: Entity, where: Expr, more: dict[str, Any]) -> bool:
    """Whether a new row, or one with these values, is among those that a condition speaks of."""
    row: dict[str, Any] = {field.name: None for field in entity.fields}
    row |= {field.name: world.samples.default(field) for field in entity.fields if field.default is not None} | more
    try:
        return Oracle(world.design, Caller(now=datetime.now(UTC))).holds(where, row)
    except UnknownWorthError:
        return False


async def _left(world: World, entity: Entity, where: Expr, id: Any) -> bool:
    """Move a row to where a condition does not hold. False where no move leads there."""
    for move in entity.moves:
        if not _holds(world, entity, where, {move.field: move.target}):
            with suppress(NotMadeError):
                default = world.samples.default(entity.field(move.field))
                path_of_moves(entity, default, move.target)
                await world.moved(entity, id, move.target)
                return True
    return False
