"""Moves: from their states and no others, with their effects exactly once, or not at all. And actions."""

from collections.abc import Mapping
from typing import Any

from backsmith.design import naming
from backsmith.design.model import Effect, Entity, Field, Move
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.checks.permissions import sent_with
from backsmith.verify.court import Account, Court, codes, document, status
from backsmith.verify.effects import changes, unexpected
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.leading import Bounded, bounded
from backsmith.verify.momentary import is_momentary
from backsmith.verify.rows import populated
from backsmith.verify.values import from_json
from backsmith.verify.verdicts import refusal, refusal_of_all
from backsmith.verify.world import NotMadeError, World, path_of_moves


async def moves(court: Court, world: World) -> None:
    """Make every move from every state, and break every bound that an effect has."""
    await populated(world)
    for entity in world.entities():
        await _from_every_state(court, world, entity)
        for move in entity.moves:
            await _inputs(court, world, entity, move)
        for each in bounded(world, entity):
            await _broken(court, world, each)
        await _on(court, world, entity)
        await _actions(court, world, entity)


def _states(entity: Entity, move: Move) -> list[str]:
    """The states that rows can be brought to."""
    start = world_start(entity, move)
    found = []
    for state in entity_words(entity, move):
        try:
            path_of_moves(entity, start, state)
            found.append(state)
        except NotMadeError:
            continue
    return found


def entity_words(entity: Entity, move: Move) -> tuple[str, ...]:
    """The words of the enum that a move changes."""
    words: tuple[str, ...] = getattr(entity.field(move.field).type, "words", ())
    return words


def world_start(entity: Entity, move: Move) -> str:
    """The state that new rows are in."""
    return str(getattr(entity.field(move.field).default, "value", ""))


def path_to(world: World, entity: Entity, id: Any, move: Move) -> str:
    """Where a move of a row is made."""
    return f"{world.path(entity)}/{id}/{naming.kebab(move.name)}"


async def _from_every_state(court: Court, world: World, entity: Entity) -> None:
    """A row for each move and state; then one move after the other, each compared with what was known before."""
    made: list[tuple[Move, str, Any]] = []
    for move in entity.moves:
        for state in _states(entity, move):
            try:
                id = await world.make(entity, full=True)
                await world.moved(entity, id, state)
                made.append((move, state, id))
            except NotMadeError:
                about = f"{move.name} {entity.name} from {state}"
                court.untested("moves", about, "no row could be brought to this state")
    known = await Knowledge(world).learn() if made else None
    for move, state, id in made:
        if known is not None:
            known = await _moved(court, world, known, entity, move, state, id)


async def _moved(
    court: Court, world: World, before: Knowledge, entity: Entity, move: Move, state: str, id: Any
) -> Knowledge:
    """One move from one state, by an account that the rule allows it: not always an admin. What is known after it."""
    about = f"{move.name} {entity.name} from {state}"
    who = _mover(court, before, entity, before.rows[entity.name][id], move)
    body = world.inputs(entity, move)
    answer = await court.ask(who, "POST", path_to(world, entity, id, move), json_body=body or ...)
    after = await Knowledge(world).learn()
    if state not in move.source:
        court.expect_status(answer, 409, "moves", about, "this is none of its states")
        named = (move.field, "wrong_state") in codes(answer) or status(answer) != 409
        court.expect(named, "moves", about, f"the answer is not `wrong_state`: {codes(answer)}", answer)
        different = unexpected(before, after, [])
        court.expect(different is None, "moves", about, f"a move that was refused: {different}", answer)
        return after
    if not court.expect_status(answer, 200, "moves", about, "it begins in this state"):
        return after
    told = (document(answer) or {}).get(move.field)
    held = after.told[entity.name][id][move.field]
    message = f"told {told!r}, holds {held!r}, not {move.target!r}"
    court.expect(told == held == move.target, "moves", about, message, answer)
    _effects(court, before, after, who, entity, id, move, body, about)
    return after


def _mover(court: Court, known: Knowledge, entity: Entity, row: dict[str, Any], move: Move) -> Account:
    """Somebody who may make the move."""
    found = []
    for who in known.world.callers():
        try:
            if refusal(known, who, entity, row, move.by) is None:
                found.append(who)
        except UnknownWorthError:
            continue
    return court.random.choice(found or [known.world.admin])


def _effects(
    court: Court,
    before: Knowledge,
    after: Knowledge,
    who: Account,
    entity: Entity,
    id: Any,
    move: Move,
    body: Mapping[str, Any],
    about: str,
) -> None:
    inputs = {field.name: from_json(field.type, body.get(field.name)) for field in move.input}
    row = before.rows[entity.name][id]
    try:
        wanted = changes(before, who, row, move.effects, inputs)
    except UnknownWorthError:
        court.untested("effects", about, "an effect looks at what no one is told")
        return
    row_before = before.told[entity.name][id]
    row_before[move.field] = move.target
    different = unexpected(before, after, wanted)
    court.expect(different is None, "effects", about, f"{different}")


async def _inputs(court: Court, world: World, entity: Entity, move: Move) -> None:
    """What a move is sent is read as strictly as any body; what is refused moves nothing."""
    if not move.input:
        return
    try:
        id = await world.make(entity)
        await world.moved(entity, id, move.source[0])
    except NotMadeError:
        return
    right, about = dict(world.inputs(entity, move)), f"{move.name} {entity.name}, inputs"
    for field in move.input:
        wrongs: list[tuple[dict[str, Any], str]] = [({**right, field.name: {"a": [1]}}, "another type")]
        if _is_needed(field):
            wrongs.append(({name: value for name, value in right.items() if name != field.name}, "missing"))
        for body, what in wrongs:
            answer = await court.ask(world.admin, "POST", path_to(world, entity, id, move), json_body=body)
            court.expect_status(answer, 422, "moves", about, f"{field.name} is {what}")
            named = any(name.partition(".")[0] == field.name for name, _ in codes(answer))
            court.expect(named, "moves", about, f"{field.name} is not named", answer)
    answer = await court.ask(world.admin, "POST", path_to(world, entity, id, move), json_body={**right, "more": 1})
    court.expect_status(answer, 422, "moves", about, "a key that is not known")
    row = document(await court.ask(world.admin, "GET", f"{world.path(entity)}/{id}")) or {}
    court.expect(row.get(move.field) in move.source, "moves", about, "what was refused has moved it")


def _is_needed(field: Field) -> bool:
    return not field.optional and field.default is None


# Bounds


async def _broken(court: Court, world: World, found: Bounded) -> None:
    """An effect without a piece left is 409 with its path, and nothing at all has happened."""
    name = found.move.name if found.move is not None else "create"
    about = f"{name} {found.entity.name}, {found.path}"
    if not found.can_be_set:
        court.untested("broken-bounds", about, "nobody can send what its target holds")
        return
    try:
        target = await found.target(world)
        body = await found.body(world, target)
        admin = world.admin.within(world.home)
        if found.move is None:
            path, sent = world.path(found.entity), body
        else:
            id = await world.make(found.entity, **body)
            await world.moved(found.entity, id, found.move.source[0])
            path, sent = path_to(world, found.entity, id, found.move), dict(world.inputs(found.entity, found.move))
        await found.give(world, target, found.pieces(0, 0))
    except (NotMadeError, UnknownWorthError):
        court.untested("broken-bounds", about, "no row could be made for it")
        return
    before = await Knowledge(world).learn()
    answer = await court.ask(admin, "POST", path, json_body=sent or ...)
    after = await Knowledge(world).learn()
    court.expect_status(answer, 409, "broken-bounds", about, "nothing is left")
    named = (found.path, "bound") in codes(answer)
    court.expect(named, "broken-bounds", about, f"{sorted(codes(answer))} does not name {found.path}", answer)
    different = unexpected(before, after, [])
    same = before.told[found.entity.name].keys() == after.told[found.entity.name].keys()
    message = different or "a row was made"
    court.expect(different is None and same, "broken-bounds", about, f"what was refused: {message}", answer)


# Effects of making, changing and deleting


async def _on(court: Court, world: World, entity: Entity) -> None:
    effects = entity.effects
    if not (effects.create or effects.update or effects.delete):
        return
    admin = world.admin.within(world.home)
    try:
        body = await world.body(entity, full=True)
    except NotMadeError:
        return
    before = await Knowledge(world).learn()
    answer = await court.ask(admin, "POST", world.path(entity), json_body=body)
    if not court.expect_status(answer, 201, "accepts-valid", f"create of {entity.name}", "a valid body"):
        return
    id = document(answer)["id"]
    after = await Knowledge(world).learn()
    _compared(court, before, after, admin, entity, id, effects.create, "create", made=True)
    path = f"{world.path(entity)}/{id}"
    await court.ask(admin, "PATCH", path, json_body={})
    last = await Knowledge(world).learn()
    _compared(court, after, last, admin, entity, id, effects.update, "update")
    before = last
    if status(await court.ask(admin, "DELETE", path)) == 204:
        world.gone.add(id)
        after = await Knowledge(world).learn()
        _compared(court, before, after, admin, entity, id, effects.delete, "delete")


def _compared(
    court: Court,
    before: Knowledge,
    after: Knowledge,
    who: Account,
    entity: Entity,
    id: Any,
    effects: tuple[Effect, ...],
    what: str,
    *,
    made: bool = False,
) -> None:
    """Whether what has become of other rows is what these effects make of them."""
    about = f"{what} of {entity.name}"
    known = after if made else before
    if any(is_momentary(effect.value) for effect in effects):
        court.untested("effects", about, "it changes with the moment")
        return
    try:
        wanted = changes(known, who, known.rows[entity.name][id], effects, {}, before)
    except (UnknownWorthError, KeyError):
        court.untested("effects", about, "an effect looks at what no one is told")
        return
    gone = [each for each in wanted if each.place[:2] == (entity.name, id) and (made or what == "delete")]
    different = unexpected(before, after, [each for each in wanted if each not in gone])
    court.expect(different is None, "effects", about, f"{different}")


# Actions


async def _actions(court: Court, world: World, entity: Entity) -> None:
    """Until its body is written, an action says so to those who may; to others what any endpoint says."""
    known = await Knowledge(world).learn() if entity.actions else None
    for action in entity.actions:
        body = sent_with(world, entity, action.input) or ({} if action.input else ...)
        rows = list(known.rows[entity.name].values()) if known is not None else []
        for who in world.callers():
            about = f"{action.name} {entity.name} as {who.name}"
            path = f"{world.path(entity)}/{naming.kebab(action.name)}"
            try:
                wanted = refusal_of_all(who, action.by)
                if action.item and known is not None and rows:
                    row = court.random.choice(rows)
                    path = f"{world.path(entity)}/{row['id']}/{naming.kebab(action.name)}"
                    wanted = refusal(known, who, entity, row, action.by)
            except UnknownWorthError:
                continue
            answer = await court.ask(who, "POST", path, json_body=body)
            court.expect_status(answer, wanted or (200, 204, 501), "move-access", about, "by its rule")
            if wanted is None and action.input:
                answer = await court.ask(who, "POST", path, json_body={"surely_unknown": 1})
                court.expect_status(answer, 422, "moves", about, "a body that is not valid")
