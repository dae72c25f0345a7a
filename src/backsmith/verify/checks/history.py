"""Who changed what: the history of a row tells every change to those who may read it, and no field beyond that."""

from contextlib import suppress
from typing import Any

from backsmith.contract.model import Kind
from backsmith.design import naming, types
from backsmith.design.model import Entity, Given
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.checks.bodies import Making
from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.model import Exchange
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World

RULE = "history"


async def history(court: Court, world: World) -> None:
    """Make, change and delete a row of every entity that keeps its history, and read that as everybody."""
    making = Making(court, world)
    for entity in world.entities():
        if world.endpoint(entity, Kind.HISTORY) is not None:
            with suppress(NotMadeError):
                await _told(making, entity)


async def _told(making: Making, entity: Entity) -> None:
    court, world, about = making.court, making.world, f"{naming.snake(entity.name)}_history"
    row = await making.make(entity, await world.body(entity, full=True))
    if row is None:
        return
    place = f"{world.path(entity)}/{row['id']}"
    entries, answer = await _entries(court, making.admin, place, about)
    right = len(entries) == 1 and entries[0].get("action") == "create"
    court.expect(right, RULE, about, "the making of a row is not its one entry", answer)
    changes = await _changed(making, entity, place, row)
    entries, answer = await _entries(court, making.admin, place, about)
    wanted = 1 + len(changes)
    court.expect(len(entries) == wanted, RULE, about, f"{len(entries)} entries in place of {wanted}", answer)
    for (name, old, new), entry in zip(reversed(changes), entries, strict=False):
        told = {each["field"]: (each["old"], each["new"]) for each in entry["changes"]}
        court.expect(told.get(name) == (old, new), RULE, about, f"the entry does not tell of {name}", answer)
        right = entry["user"] == making.admin.id and entry["action"] == "update"
        court.expect(right, RULE, about, "the entry does not tell who did what", answer)
    _shows_no_private(court, entity, about, entries, answer)
    await _paged(court, making.admin, place, about, len(entries))
    await _as_others(making, entity, row["id"], place, about)
    await _of_deleted(making, entity, place, about)


async def _entries(court: Court, who: Account, place: str, about: str) -> tuple[list[Any], Exchange]:
    answer = await court.ask(who, "GET", f"{place}/history")
    found = document(answer)
    court.expect_status(answer, 200, RULE, about, "the history of a row that may be read")
    return (found["items"] if isinstance(found, dict) and "items" in found else []), answer


async def _changed(making: Making, entity: Entity, place: str, row: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Change fields one by one: which, and what they held before and after."""
    done = []
    for sent in making.court.contract.schema(f"{entity.name}Update").properties:
        field = next((each for each in entity.fields if each.name == sent.name), None)
        if field is None or sent.given is not Given.CLIENT or field.private or not isinstance(field.type, types.Text):
            continue
        if making.world.samples.numbered(entity, field) is not None or field.pattern:
            continue
        for value in map(to_json, making.world.samples.three(entity, field)):
            if value != row[sent.name]:
                answer = await making.court.ask(making.admin, "PATCH", place, json_body={sent.name: value})
                if status(answer) == 200:
                    done.append((sent.name, row[sent.name], value))
                    break
    return done


def _shows_no_private(court: Court, entity: Entity, about: str, entries: list[Any], answer: Exchange) -> None:
    private = {field.name for field in entity.fields if field.private}
    told = {change["field"] for entry in entries for change in entry["changes"]}
    court.expect(not private & told, RULE, about, f"it tells of private fields: {sorted(private & told)}", answer)


async def _paged(court: Court, who: Account, place: str, about: str, count: int) -> None:
    """Page by page each entry comes once."""
    found: list[Any] = []
    query: dict[str, Any] = {"limit": 1}
    for _ in range(count + 1):
        page = document(await court.ask(who, "GET", f"{place}/history", query=query))
        if not isinstance(page, dict):
            break
        found += [entry["id"] for entry in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    right = len(found) == len(set(found)) == count
    court.expect(right, RULE, about, f"walking the pages gives {len(found)} entries in place of {count}")


async def _as_others(making: Making, entity: Entity, id: Any, place: str, about: str) -> None:
    """Everybody else reads what they may read of the row."""
    court, world = making.court, making.world
    known = await Knowledge(world).learn()
    row = known.rows[entity.name].get(id)
    if row is None:
        return
    for who in (STRANGER, *world.people.values()):
        try:
            sees = known.sees(who, entity, row)
            hidden = {rule.field for rule in entity.access.fields if _is_hidden(known, who, rule.read, entity, row)}
        except UnknownWorthError:
            court.untested(RULE, f"{about} as {who.name}", "the rule looks at what no one is told")
            continue
        answer = await court.ask(who, "GET", f"{place}/history")
        if not sees:
            court.expect_status(answer, (401, 404), RULE, f"{about} as {who.name}", "the history of a hidden row")
        elif court.expect_status(answer, 200, RULE, f"{about} as {who.name}", "the history of a row that may be read"):
            told = {each["field"] for entry in document(answer)["items"] for each in entry["changes"]}
            shown = sorted(told & hidden)
            court.expect(not shown, RULE, f"{about} as {who.name}", f"it tells of hidden fields: {shown}", answer)


def _is_hidden(known: Knowledge, who: Account, rule: Any, entity: Entity, row: Any) -> bool:
    return rule is not None and not known.allows(who, rule, entity, row)


async def _of_deleted(making: Making, entity: Entity, place: str, about: str) -> None:
    """Admins read the history of what is deleted; nobody else does."""
    court = making.court
    if making.world.endpoint(entity, Kind.DELETE) is None:
        return
    if status(await court.ask(making.admin, "DELETE", place)) != 204:
        return
    answer = await court.ask(making.admin, "GET", f"{place}/history")
    court.expect_status(answer, 200, RULE, about, "the history of a deleted row, for an admin")
    for who in making.world.people.values():
        answer = await court.ask(who, "GET", f"{place}/history")
        court.expect_status(answer, 404, RULE, f"{about} as {who.name}", "the history of a deleted row")
