"""Who sees what: lists, totals, items and exports of every entity, asked by everybody, against the rules."""

import json
from typing import Any

from backsmith.contract.model import Kind, When
from backsmith.contract.rules import fold
from backsmith.design.model import Entity
from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.world import NotMadeError, World

ITEMS = 4
"""How many rows that are seen, and as many that are not, are asked for one by one."""


async def access(court: Court, world: World) -> None:
    """Make rows of several owners in several states, and ask everybody for all of them."""
    for entity in world.entities():
        await _rows(world, entity)
    known = await Knowledge(world).learn()
    for entity in world.entities():
        for who in world.callers():
            await _listed(court, world, known, entity, who)


async def _rows(world: World, entity: Entity) -> None:
    """Rows of the entity: of everybody who may own one, and in every state that can be reached."""
    owner = next((field.name for field in entity.fields if field.owner), None)
    owners = [who.id for who in world.people.values()] if owner else [None]
    words = {move.target for move in entity.moves}
    for place, id in enumerate(owners or [None]):
        try:
            given = {} if id is None or owner is None else {owner: id}
            made = await world.make(entity, full=place % 2 == 0, **given)
            if words and place % 2:
                await world.moved(entity, made, sorted(words)[place % len(words)])
        except NotMadeError:
            continue


async def _listed(court: Court, world: World, known: Knowledge, entity: Entity, who: Account) -> None:
    listing, about = world.endpoint(entity, Kind.LIST), f"list_{entity.plural} as {who.name}"
    if listing is None:
        return
    visible = known.readable(who, entity)
    answer = await court.ask(who, "GET", world.path(entity), query={"limit": 1, "count": True})
    if _is_closed(entity, who):
        wanted = 401 if who is STRANGER else 403
        court.expect_status(answer, wanted, "list-closed", about, "nothing of it may be seen")
    elif visible is None:
        court.untested("list-access", about, "the rule looks at a field that no one is told")
        return
    else:
        court.expect_status(answer, 200, "list-access", about, "a list that may be read in part")
        seen = {row["id"] for row in await world.rows(entity, who)}
        court.expect(seen == visible, "list-access", about, _difference(seen, visible), answer)
        total = (document(answer) or {}).get("total")
        court.expect(total == len(visible), "total-access", about, f"total {total} of {len(visible)}", answer)
        await _exported(court, world, entity, who, visible, about)
    await _items(court, world, known, entity, who, visible or set())


def _is_closed(entity: Entity, who: Account) -> bool:
    """Whether the caller's roles close the list whatever the rows hold."""
    if "admin" in who.roles:
        return False
    return fold(entity.access.read, None if who is STRANGER else who.roles) is False


async def _exported(court: Court, world: World, entity: Entity, who: Account, visible: set[Any], about: str) -> None:
    answer = await court.ask(who, "GET", f"{world.path(entity)}/export", query={"format": "jsonl"})
    lines = answer.answer.body.splitlines() if answer.answer is not None and status(answer) == 200 else []
    seen = {json.loads(line)["id"] for line in lines}
    court.expect(seen == visible, "export-access", about, _difference(seen, visible), answer)


async def _items(court: Court, world: World, known: Knowledge, entity: Entity, who: Account, visible: set[Any]) -> None:
    item = world.endpoint(entity, Kind.ITEM)
    if item is None:
        return
    hidden = [id for id in known.rows[entity.name] if id not in visible]
    for id in court.random.sample(sorted(visible, key=str), min(ITEMS, len(visible))):
        answer = await court.ask(who, "GET", f"{world.path(entity)}/{id}")
        court.expect_status(answer, 200, "unseen-is-404", f"{item.operation} as {who.name}", "a row that may be read")
    never = who is STRANGER and item.rule.grant("nobody").when is When.NEVER
    for id in court.random.sample(sorted(hidden, key=str), min(ITEMS, len(hidden))):
        answer = await court.ask(who, "GET", f"{world.path(entity)}/{id}")
        wanted = 401 if never else 404
        court.expect_status(answer, wanted, "unseen-is-404", f"{item.operation} as {who.name}", "a hidden row")


def _difference(seen: set[Any], wanted: set[Any]) -> str:
    more, less = sorted(seen - wanted, key=str)[:5], sorted(wanted - seen, key=str)[:5]
    return f"rows that may not be read are there: {more}; rows that may be are missing: {less}"
