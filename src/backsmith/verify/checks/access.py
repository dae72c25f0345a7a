"""Who sees what: lists, totals, items, exports, fields and what is expanded, asked by everybody, against the rules."""

import json
from typing import Any

from backsmith.contract import parameters
from backsmith.contract.model import Kind, When
from backsmith.design.model import Entity
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.rows import populated
from backsmith.verify.sight import Sight, difference, tree_of
from backsmith.verify.verdicts import hides
from backsmith.verify.world import World

ITEMS = 3
"""How many rows that are seen, and as many that are not, are asked for one by one."""
EXPANDED = 3
"""How many of the deeper paths are expanded for each caller; every link of the rows themselves is."""


async def access(court: Court, world: World) -> None:
    """Make rows of several owners in several states, and ask everybody for all of them."""
    await populated(world)
    known = await Knowledge(world).learn()
    listed = [*world.entities(), *(entity for entity in world.design.entities if entity.builtin)]
    for entity in listed:
        _met(court, world, known, entity)
        await together(_listed(court, world, known, entity, who) for who in world.callers())


def _met(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    lost = [id for id in world.made[entity.name] if id not in world.gone and id not in known.rows[entity.name]]
    court.expect(not lost, "list-access", f"list_{entity.plural} as admin", f"rows that were made are missing: {lost}")


async def _listed(court: Court, world: World, known: Knowledge, entity: Entity, who: Account) -> None:
    listing, about = world.endpoint(entity, Kind.LIST), f"list_{entity.plural} as {who.name}"
    if listing is None:
        return
    answer = await court.ask(who, "GET", world.path(entity), query={"limit": 1, "count": True})
    visible: set[Any] | None = set()
    if hides(entity, who):
        wanted = 401 if who is STRANGER else 403
        court.expect_status(answer, wanted, "list-closed", about, "nothing of it may be seen")
        if world.endpoint(entity, Kind.EXPORT) is not None:
            exported = await court.ask(who, "GET", f"{world.path(entity)}/export")
            court.expect_status(exported, wanted, "list-closed", about, "nor exported")
    else:
        visible = known.readable(who, entity)
        if visible is None:
            court.untested("list-access", about, "the rule looks at a field that no one is told")
            return
        court.expect_status(answer, 200, "list-access", about, "a list that may be read in part")
        rows = await world.rows(entity, who)
        seen = {row["id"] for row in rows}
        court.expect(seen == visible, "list-access", about, _difference(seen, visible), answer)
        total = (document(answer) or {}).get("total")
        court.expect(total == len(visible), "total-access", about, f"total {total} of {len(visible)}", answer)
        await _exported(court, world, entity, who, visible, about)
        await _told(court, world, known, entity, who, rows)
    await _items(court, world, known, entity, who, visible or set())


async def _exported(court: Court, world: World, entity: Entity, who: Account, visible: set[Any], about: str) -> None:
    if world.endpoint(entity, Kind.EXPORT) is None:
        return
    answer = await court.ask(who, "GET", f"{world.path(entity)}/export", query={"format": "jsonl"})
    lines = answer.answer.body.splitlines() if answer.answer is not None and status(answer) == 200 else []
    seen = {json.loads(line)["id"] for line in lines}
    court.expect(seen == visible, "export-access", about, _difference(seen, visible), answer)


async def _told(
    court: Court, world: World, known: Knowledge, entity: Entity, who: Account, rows: list[dict[str, Any]]
) -> None:
    """What rows show of themselves, and of the rows that are expanded."""
    about = f"list_{entity.plural} as {who.name}"
    _compared(court, known, entity, who, rows, (), "field-access", about)
    paths = list(parameters.expansions(world.design, entity))
    near, far = [path for path in paths if "." not in path], [path for path in paths if "." in path]
    chosen = [near, *([path] for path in court.random.sample(far, min(EXPANDED, len(far))))]
    for each in chosen if rows else ():
        if each:
            expanded = await world.rows(entity, who, expand=",".join(each))
            _compared(court, known, entity, who, expanded, each, "expand-access", f"{about}, {','.join(each)}")


def _compared(
    court: Court,
    known: Knowledge,
    entity: Entity,
    who: Account,
    rows: list[dict[str, Any]],
    expand: list[str] | tuple[str, ...],
    rule: str,
    about: str,
) -> None:
    sight, tree = Sight(known, who), tree_of(expand)
    for row in rows:
        held = known.rows[entity.name].get(row["id"])
        if held is None:
            continue
        try:
            wanted = sight.shown(entity, held, tree)
        except UnknownWorthError:
            court.untested(rule, about, "a rule looks at a field that no one is told")
            return
        different = difference(wanted, _without_links(row))
        court.expect(different is None, rule, about, f"in the row {row['id']}, {different}")


def _without_links(value: Any) -> Any:
    """Rows without their hyperlinks, which are judged elsewhere."""
    match value:
        case dict():
            return {key: _without_links(inner) for key, inner in value.items() if key != "links"}
        case list():
            return [_without_links(inner) for inner in value]
    return value


async def _items(court: Court, world: World, known: Knowledge, entity: Entity, who: Account, visible: set[Any]) -> None:
    item = world.endpoint(entity, Kind.ITEM)
    if item is None:
        return
    about, hidden = f"{item.operation} as {who.name}", [id for id in known.rows[entity.name] if id not in visible]
    for id in court.random.sample(sorted(visible, key=str), min(ITEMS, len(visible))):
        answer = await court.ask(who, "GET", f"{world.path(entity)}/{id}")
        court.expect_status(answer, 200, "unseen-is-404", about, "a row that may be read")
        _compared(court, known, entity, who, [document(answer) or {"id": id}], (), "field-access", about)
    never = who is STRANGER and item.rule.grant("nobody").when is When.NEVER
    for id in court.random.sample(sorted(hidden, key=str), min(ITEMS, len(hidden))):
        endings = ["", "/history"] if entity.history else [""]
        for ending in endings:
            answer = await court.ask(who, "GET", f"{world.path(entity)}/{id}{ending}")
            court.expect_status(answer, 401 if never else 404, "unseen-is-404", about, f"a hidden row{ending}")


def _difference(seen: set[Any], wanted: set[Any]) -> str:
    more, less = sorted(seen - wanted, key=str)[:5], sorted(wanted - seen, key=str)[:5]
    return f"rows that may not be read are there: {more}; rows that may be are missing: {less}"
