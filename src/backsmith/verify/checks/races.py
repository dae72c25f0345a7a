"""Many at once: one move, the last pieces, overlapping and equal rows. Each happens as often as it may, and no more."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from backsmith.contract.model import Kind
from backsmith.design.model import Entity, Given, Move
from backsmith.samples.oracle import UnknownWorthError
from backsmith.samples.rows import unique_sets
from backsmith.verify.checks.moves import path_to
from backsmith.verify.court import Court, codes, document, status
from backsmith.verify.crowd import together
from backsmith.verify.effects import changes, unexpected
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.leading import Bounded, bounded
from backsmith.verify.model import Exchange
from backsmith.verify.values import from_json
from backsmith.verify.world import NotMadeError, World

MANY = 20
PIECES = 7
"""How many of them there is enough for."""


async def races(court: Court, world: World) -> None:
    """Send twenty at once of everything that may happen once."""
    for entity in world.entities():
        for move in court.random.sample(entity.moves, min(2, len(entity.moves))):
            await _one_move(court, world, entity, move)
        for found in bounded(world, entity):
            await _last_pieces(court, world, found)
        if entity.no_overlap:
            await _overlapping(court, world, entity)
        if unique_sets(entity):
            await _equal(court, world, entity)


async def _at_once(world: World, path: str, body: Any, number: int = MANY) -> list[Exchange]:
    admin = world.admin.within(world.home)
    return await together((world.court.ask(admin, "POST", path, json_body=body) for _ in range(number)), number)


def _count(answers: Sequence[Exchange]) -> Counter[int]:
    return Counter(status(each) for each in answers)


async def _one_move(court: Court, world: World, entity: Entity, move: Move) -> None:
    about = f"{move.name} {entity.name}"
    if move.target in move.source:
        return
    try:
        id = await world.make(entity, full=True)
        await world.moved(entity, id, move.source[0])
    except NotMadeError:
        court.untested("race-moves", about, "no row could be brought to its first state")
        return
    before = await Knowledge(world).learn()
    body = dict(world.inputs(entity, move))
    answers = await _at_once(world, path_to(world, entity, id, move), body or ...)
    found = _count(answers)
    court.expect(
        found == {200: 1, 409: MANY - 1}, "race-moves", about, f"{MANY} at once gave {dict(found)}", *answers[:2]
    )
    after = await Knowledge(world).learn()
    inputs = {field.name: from_json(field.type, body.get(field.name)) for field in move.input}
    row = before.rows[entity.name][id]
    try:
        wanted = changes(before, world.admin, row, move.effects, inputs)
    except UnknownWorthError:
        return
    before.told[entity.name][id][move.field] = move.target
    different = unexpected(before, after, wanted)
    court.expect(different is None, "race-moves", about, f"after {MANY} at once, {different}")


async def _last_pieces(court: Court, world: World, found: Bounded) -> None:
    name = found.move.name if found.move is not None else "create"
    about = f"{name} {found.entity.name}, {found.path}"
    if not found.can_be_set:
        court.untested("race-stock", about, "nobody can send what its target holds")
        return
    try:
        target, ids = await found.target(world), list[Any]()
        bodies = [await found.body(world, target) for _ in range(MANY)]
        for body in bodies if found.move is not None else bodies[:1]:
            ids.append(await world.make(found.entity, **body))
        if found.move is not None:
            await together(world.moved(found.entity, id, found.move.source[0]) for id in ids)
        amount = found.amount(await Knowledge(world).learn(), ids[0])
        await found.give(world, target, found.pieces(PIECES, amount))
    except (NotMadeError, UnknownWorthError):
        court.untested("race-stock", about, "no rows could be made for it")
        return
    admin = world.admin.within(world.home)
    if found.move is None:
        done, number = 201, MANY - 1
        sent = [court.ask(admin, "POST", world.path(found.entity), json_body=body) for body in bodies[1:]]
    else:
        done, number, inputs = 200, MANY, dict(world.inputs(found.entity, found.move))
        paths = [path_to(world, found.entity, id, found.move) for id in ids]
        sent = [court.ask(admin, "POST", path, json_body=inputs or ...) for path in paths]
    answers = await together(sent, MANY)
    counted = _count(answers)
    wanted = {done: PIECES, 409: number - PIECES}
    message = f"{number} at once for {PIECES} pieces gave {dict(counted)}"
    court.expect(counted == wanted, "race-stock", about, message, *answers[:2])
    named = all((found.path, "bound") in codes(each) for each in answers if status(each) == 409)
    court.expect(named, "race-stock", about, "a refusal does not name the bound", *answers[:1])
    row = document(await court.ask(world.admin, "GET", f"{world.path(found.holder)}/{target}")) or {}
    left = from_json(found.field.type, row.get(found.field.name))
    message = f"{left} is left in place of {found.pieces(0, amount)}"
    court.expect(left == found.pieces(0, amount), "race-stock", about, message)


async def _overlapping(court: Court, world: World, entity: Entity) -> None:
    """Of rows that overlap, sent at once, one is kept."""
    try:
        body = await world.body(entity, full=True)
    except NotMadeError:
        return
    answers = await _at_once(world, world.path(entity), body)
    found = _count(answers)
    message = f"{MANY} at once that overlap gave {dict(found)}"
    court.expect(found == {201: 1, 409: MANY - 1}, "race-overlap", entity.name, message, *answers[:2])
    named = {code for each in answers for _, code in codes(each)} <= {"overlap", "duplicate"}
    court.expect(named, "race-overlap", entity.name, "a refusal is neither `overlap` nor `duplicate`", *answers[:2])


async def _equal(court: Court, world: World, entity: Entity) -> None:
    """Of rows that agree in what is unique, sent at once, one is kept."""
    creating = world.endpoint(entity, Kind.CREATE)
    sent = {field.name for field in entity.fields if field.given in (Given.CLIENT, Given.ONCE)}
    if creating is None or not any(set(names) <= sent for names in unique_sets(entity)):
        return
    try:
        body = await world.body(entity, full=True)
    except NotMadeError:
        return
    if not any(all(body.get(name) is not None for name in names) for names in unique_sets(entity)):
        return
    answers = await _at_once(world, world.path(entity), body)
    found = _count(answers)
    message = f"{MANY} at once that are equal gave {dict(found)}"
    court.expect(found == {201: 1, 409: MANY - 1}, "race-unique", entity.name, message, *answers[:2])
