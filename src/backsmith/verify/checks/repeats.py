"""Idempotency-Key: a request that is sent again has one effect and one answer, one after the other and at once."""

from typing import Any

from backsmith.contract.model import Kind
from backsmith.design.model import Entity
from backsmith.verify.checks.moves import path_to
from backsmith.verify.court import Account, Court, codes, document, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.model import Exchange
from backsmith.verify.verdicts import refusal_of_all
from backsmith.verify.world import NotMadeError, World

MANY = 20


async def repeats(court: Court, world: World) -> None:
    """Repeat creations, refusals and moves."""
    made = [entity for entity in world.entities() if world.endpoint(entity, Kind.CREATE) is not None]
    for entity in made:
        try:
            await _again(court, world, entity, next((each for each in made if each is not entity), None))
            await _by_others(court, world, entity)
            await _at_once(court, world, entity)
            await _moved(court, world, entity)
        except NotMadeError:
            court.untested("idempotency", entity.name, "no row could be made")


def _key(world: World) -> dict[str, str]:
    return {"Idempotency-Key": f"key-{world.court.random.getrandbits(64):x}"}


async def _post(world: World, who: Account, path: str, body: Any, key: dict[str, str]) -> Exchange:
    return await world.court.ask(who, "POST", path, json_body=body, headers=key)


def _same(first: Exchange, second: Exchange) -> bool:
    """Whether two answers are one."""
    same_place = _header(first, "location") == _header(second, "location")
    return status(first) == status(second) and document(first) == document(second) and same_place


def _header(exchange: Exchange, name: str) -> str | None:
    return exchange.answer.header(name) if exchange.answer is not None else None


async def _again(court: Court, world: World, entity: Entity, other: Entity | None) -> None:
    admin, path, key = world.admin.within(world.home), world.path(entity), _key(world)
    about, body = f"create of {entity.name}", await world.body(entity)
    before = {row["id"] for row in await world.rows(entity)}
    first, second = await _post(world, admin, path, body, key), await _post(world, admin, path, body, key)
    after = {row["id"] for row in await world.rows(entity)}
    court.expect(_same(first, second), "idempotency", about, "the second answer is another one", first, second)
    message = f"two requests with one key have made {len(after - before)} rows"
    court.expect(len(after - before) == 1, "idempotency", about, message, first, second)
    changed = await _post(world, admin, path, {**body, "surely_unknown": 1}, key)
    court.expect_status(changed, 422, "idempotency", about, "the key with another body")
    reused = any(code == "key_reused" for _, code in codes(changed))
    court.expect(reused, "idempotency", about, "the refusal is not `key_reused`", changed)
    if other is not None:
        there = await _post(world, admin, world.path(other), await world.body(other), key)
        court.expect_status(there, 201, "idempotency", about, "the key at another path")
    refused = _key(world)
    first = await _post(world, admin, path, {"surely_unknown": 1}, refused)
    second = await _post(world, admin, path, {"surely_unknown": 1}, refused)
    court.expect(_same(first, second), "idempotency", about, "a refusal is not repeated", first, second)
    fixed = await _post(world, admin, path, await world.body(entity), refused)
    court.expect_status(fixed, 422, "idempotency", about, "the key of a refusal with another body")


async def _by_others(court: Court, world: World, entity: Entity) -> None:
    """The key of one caller is no key of another."""
    key, path = _key(world), world.path(entity)
    body = await world.body(entity)
    first = await _post(world, world.admin.within(world.home), path, body, key)
    for who in world.people.values():
        if refusal_of_all(who, entity.access.create) is None:
            answer = await _post(world, who, path, body, key)
            told = _header(answer, "location")
            mine = told is None or told != _header(first, "location")
            about = f"create of {entity.name} as {who.name}"
            court.expect(mine, "idempotency", about, "the answer to somebody else is given", answer)
            reused = any(code in ("key_reused", "in_flight") for _, code in codes(answer))
            court.expect(not reused, "idempotency", about, "the key of somebody else counts", answer)


async def _at_once(court: Court, world: World, entity: Entity) -> None:
    key, path, about = _key(world), world.path(entity), f"create of {entity.name}"
    admin, body = world.admin.within(world.home), await world.body(entity)
    before = {row["id"] for row in await world.rows(entity)}
    answers = await together((_post(world, admin, path, body, key) for _ in range(MANY)), MANY)
    made = {row["id"] for row in await world.rows(entity)} - before
    court.expect(len(made) == 1, "race-idempotency", about, f"{MANY} at once have made {len(made)} rows", *answers[:2])
    done = [each for each in answers if status(each) == 201]
    rest = [each for each in answers if status(each) != 201]
    flying = all(status(each) == 409 and ("Idempotency-Key", "in_flight") in codes(each) for each in rest)
    court.expect(flying, "race-idempotency", about, "an answer is neither the first one nor `in_flight`", *rest[:2])
    again = await _post(world, admin, path, body, key)
    same = bool(done) and all(_same(each, again) for each in done)
    court.expect(same, "race-idempotency", about, "answers to one key differ", *done[:1], again)


async def _moved(court: Court, world: World, entity: Entity) -> None:
    """A move that is repeated with its key is made once, and told twice."""
    if not entity.moves:
        return
    move, key = entity.moves[0], _key(world)
    id = await world.make(entity, full=True)
    await world.moved(entity, id, move.source[0])
    path, body = path_to(world, entity, id, move), dict(world.inputs(entity, move)) or ...
    first = await _post(world, world.admin, path, body, key)
    before = await Knowledge(world).learn()
    second = await _post(world, world.admin, path, body, key)
    after = await Knowledge(world).learn()
    about = f"{move.name} {entity.name}"
    court.expect_status(first, 200, "idempotency", about, "a move with a key")
    court.expect(_same(first, second), "idempotency", about, "the second answer is another one", first, second)
    court.expect(before.told == after.told, "idempotency", about, "the second request has changed something", second)
