"""Whether questions tell what answers do not: filters, sorts and searches on what the caller may not read."""

from collections.abc import Iterator
from typing import Any

from backsmith.contract.model import Filter, Kind
from backsmith.design import types
from backsmith.design.model import Entity
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.asking import Asked, field_at, found_by, held_at, matches, questions
from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.rows import populated
from backsmith.verify.sight import Sight
from backsmith.verify.verdicts import hides
from backsmith.verify.world import World

FILTERS = 7
"""How many filters on hidden fields, and as many through references, are asked of one list by one caller."""

HISTORIES = 4


async def probing(court: Court, world: World) -> None:
    """Ask everybody's lists for what is hidden from them."""
    await populated(world)
    known = await Knowledge(world).learn()
    for entity in [*world.entities(), world.design.entity("User")]:
        callers = [who for who in world.callers() if not hides(entity, who)]
        await together(_probed(court, world, known, entity, who) for who in callers)
        await _private(court, world, entity)


async def _probed(court: Court, world: World, known: Knowledge, entity: Entity, who: Account) -> None:
    listing = world.endpoint(entity, Kind.LIST)
    if listing is None or "admin" in who.roles:
        return
    sight, about = Sight(known, who), f"list_{entity.plural} as {who.name}"
    try:
        hidden = [found for found in listing.filters if _is_hidden(sight, entity, found)]
        beyond = [found for found in listing.filters if "__" in found.name and found not in hidden]
        random = court.random
        chosen = random.sample(hidden, min(FILTERS, len(hidden))) + random.sample(beyond, min(FILTERS, len(beyond)))
        for asked in _asked(sight, entity, chosen):
            await _filtered(court, world, sight, entity, asked, about)
        await _sorted(court, world, sight, entity, about)
        await _searched(court, world, sight, entity, about)
        await _remembered(court, world, sight, entity)
    except UnknownWorthError:
        court.untested("no-probing", about, "a rule looks at a field that no one is told")


def _is_hidden(sight: Sight, entity: Entity, found: Filter) -> bool:
    """Whether the caller may not read the field, in some row or because of its rule."""
    here, field = field_at(sight, entity, found.name.split("__"))
    return any(sight.shows(here, field.name, row) is not True for row in sight.known.rows[here.name].values())


def _asked(sight: Sight, entity: Entity, filters: list[Filter]) -> Iterator[Asked]:
    """A question or two for each of these filters, with values that rows hold."""
    for found in filters:
        steps = tuple(found.name.split("__"))
        held, field = held_at(sight, entity, steps), field_at(sight, entity, steps)[1]
        operator = sight.known.world.court.random.choice(found.operators)
        for ask in {operator, found.operators[0]}:
            for value in list(questions(ask, held, field))[:1]:
                yield Asked(steps=steps, operator=ask, value=value)


async def _filtered(court: Court, world: World, sight: Sight, entity: Entity, asked: Asked, about: str) -> None:
    name, value = asked.parameter
    answer = await court.ask(sight.who, "GET", world.path(entity), query={name: value, "limit": 200, "count": True})
    worth = {row["id"]: matches(sight, entity, row, asked) for row in sight.rows(entity)}
    right = {id for id, holds in worth.items() if holds}
    perhaps = {id for id, holds in worth.items() if holds is None}
    page = document(answer) if status(answer) == 200 else None
    seen = {row["id"] for row in page["items"]} if page else None
    message = f"{name}={value!r} gives {sorted(seen or (), key=str)} in place of {sorted(right, key=str)}"
    holds = page is not None and seen is not None and seen - perhaps == right and page["total"] == len(seen)
    court.expect(holds, "no-probing", f"{about}, {name}", message, answer)


async def _sorted(court: Court, world: World, sight: Sight, entity: Entity, about: str) -> None:
    """A list that is sorted by what the caller may not read holds the rows alone whose field they may."""
    for access in entity.access.fields:
        if access.read is None or not _is_sortable(world, entity, access.field):
            continue
        for name in (access.field, f"-{access.field}"):
            answer = await court.ask(sight.who, "GET", world.path(entity), query={"sort": name, "limit": 200})
            page = document(answer) if status(answer) == 200 else {"items": []}
            seen = {row["id"] for row in page["items"]}
            right = {row["id"] for row in sight.rows(entity) if sight.shows(entity, access.field, row)}
            message = f"sort={name} gives {sorted(seen, key=str)} in place of {sorted(right, key=str)}"
            court.expect(seen == right, "no-probing", f"{about}, sort={name}", message, answer)


def _is_sortable(world: World, entity: Entity, name: str) -> bool:
    listing = world.endpoint(entity, Kind.LIST)
    sort = next(found for found in listing.parameters if found.name == "sort") if listing is not None else None
    return sort is not None and name in sort.choices


async def _searched(court: Court, world: World, sight: Sight, entity: Entity, about: str) -> None:
    """A search does not find what stands in a field that the caller may not read."""
    guarded = {access.field for access in entity.access.fields if access.read is not None}
    for field in entity.fields:
        if not field.search or field.name not in guarded:
            continue
        for words in held_at(sight, entity, (field.name,))[:3]:
            answer = await court.ask(sight.who, "GET", world.path(entity), query={"q": words, "limit": 200})
            page = document(answer) if status(answer) == 200 else {"items": []}
            seen = {row["id"] for row in page["items"]}
            right = {row["id"] for row in sight.rows(entity) if found_by(sight, entity, row, words)}
            message = f"q={words!r} gives {sorted(seen, key=str)} in place of {sorted(right, key=str)}"
            court.expect(seen == right, "no-probing", f"{about}, q", message, answer)


async def _remembered(court: Court, world: World, sight: Sight, entity: Entity) -> None:
    """The history of a row tells nothing of a field that the caller may not read."""
    guarded = {access.field for access in entity.access.fields if access.read is not None}
    rows = sight.rows(entity) if entity.history and guarded else []
    for row in court.random.sample(rows, min(HISTORIES, len(rows))):
        answer = await court.ask(sight.who, "GET", f"{world.path(entity)}/{row['id']}/history")
        items = (document(answer) or {}).get("items", []) if status(answer) == 200 else []
        told = {change["field"].partition(".")[0] for entry in items for change in entry["changes"]}
        hidden = {name for name in guarded & told if sight.shows(entity, name, row) is False}
        about = f"history of {entity.name} as {sight.who.name}"
        court.expect_status(answer, 200, "history", about, "of a row that may be read")
        court.expect(not hidden, "history", about, f"it tells of {sorted(hidden)}", answer)


async def _private(court: Court, world: World, entity: Entity) -> None:
    """What is private is no parameter at all, and neither is what accounts keep to themselves where others look."""
    who = world.admin
    if world.endpoint(entity, Kind.LIST) is None:
        return
    for field in entity.fields:
        if not field.private or isinstance(field.type, types.ToMany):
            continue
        queries: list[dict[str, Any]] = [
            {field.name: "1"},
            {f"{field.name}__isnull": "true"},
            {"sort": field.name},
            {"fields": field.name},
        ]
        for query in queries:
            about = f"list_{entity.plural}, {next(iter(query))}"
            answer = await court.ask(who, "GET", world.path(entity), query=query)
            court.expect_status(answer, 422, "no-probing", about, f"{field.name} is private")
    if entity.name == "User":
        await _addresses(court, world, entity)


async def _addresses(court: Court, world: World, user: Entity) -> None:
    """Nobody but an admin learns of the address of somebody else by asking for it."""
    if hides(user, STRANGER) and not world.people:
        return
    victim = world.admin
    for who in world.people.values():
        for name, value in {"email": victim.email, "email__contains": victim.email[:5], "roles": "admin"}.items():
            answer = await court.ask(who, "GET", world.path(user), query={name: value})
            items = (document(answer) or {}).get("items", []) if status(answer) == 200 else []
            others = [row["id"] for row in items if row["id"] != who.id]
            court.expect(not others, "no-probing", f"list_users as {who.name}, {name}", f"found {others}", answer)
