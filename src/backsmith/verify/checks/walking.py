"""Walking the pages of a list while others insert and delete: what was there all the time is met once."""

import asyncio
from typing import Any

from backsmith.contract.model import Kind
from backsmith.design.model import Entity
from backsmith.verify.checks.lists import items_of, sorts_of
from backsmith.verify.court import Court, document, status
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.rows import populated, varied
from backsmith.verify.sight import Sight
from backsmith.verify.world import NotMadeError, World

WALKS = 2
PAGE = 3
FROM = 100
"""The number of the first row that is inserted: beyond those whose accounts are taken."""


async def walking(court: Court, world: World) -> None:
    """Walk each list in some of its orders, with small pages."""
    await populated(world)
    for entity in world.entities():
        listing = world.endpoint(entity, Kind.LIST)
        if listing is None or entity.tenant:
            continue
        known = await Knowledge(world).learn()
        sorts = [[], *sorts_of(court, listing, Sight(known, world.admin), entity)]
        for sort in court.random.sample(sorts, min(WALKS, len(sorts))):
            await _walk(court, world, entity, ",".join(sort))


async def _walk(court: Court, world: World, entity: Entity, sort: str) -> None:
    there = {row["id"] for row in await world.rows(entity)}
    stop = asyncio.Event()
    writer = asyncio.create_task(_disturb(court, world, entity, stop))
    asked: dict[str, Any] = {"limit": PAGE, **({"sort": sort} if sort else {})}
    query, met = dict(asked), list[Any]()
    try:
        while True:
            answer = await court.ask(world.admin, "GET", world.path(entity), query=query)
            met += [row["id"] for row in items_of(answer)]
            cursor = (document(answer) or {}).get("next")
            if cursor is None or len(met) > 500:
                break
            query = {**asked, "cursor": cursor}
            await asyncio.sleep(0)
    finally:
        stop.set()
        await writer
    about = f"list_{entity.plural}, sort={sort}"
    twice = sorted({id for id in met if met.count(id) > 1}, key=str)
    court.expect(not twice, "pages-while-changing", about, f"met twice: {twice}", answer)
    missed = sorted(there - set(met), key=str)
    court.expect(not missed, "pages-while-changing", about, f"there all the time, but not met: {missed}", answer)


async def _disturb(court: Court, world: World, entity: Entity, stop: asyncio.Event) -> None:
    """Insert rows here and there, and delete them again."""
    place = FROM
    while not stop.is_set() and place < FROM + 12:
        place += 1
        try:
            made = await world.make(entity, **dict(varied(world, entity, place)))
        except NotMadeError:
            return
        answer = await court.ask(world.admin, "DELETE", f"{world.path(entity)}/{made}")
        if status(answer) == 204:
            world.gone.add(made)
