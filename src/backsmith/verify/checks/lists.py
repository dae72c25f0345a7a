"""Lists against a model of the data: filters, searches, orders, pages, limits, keys that are asked for."""

from collections.abc import Iterator, Sequence
from typing import Any

from backsmith.contract.model import Comparing, Endpoint, Filter, Kind
from backsmith.design import types
from backsmith.design.model import Entity
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.asking import Asked, disorder, field_at, found_by, held_at, matches, questions
from backsmith.verify.court import Account, Court, codes, document, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.model import Exchange
from backsmith.verify.momentary import is_momentary
from backsmith.verify.rows import TEXTS, populated
from backsmith.verify.sight import Sight
from backsmith.verify.verdicts import hides
from backsmith.verify.world import World

DEEP = 12
"""How many of the filters that lead through references are asked; every operator of the own fields is."""
PAIRS = 2
"""How many combinations of two sorts are asked."""
PAGE, PAGES = 3, 3
"""The fewest rows of a page, and about how many pages are walked."""
BUILT_IN = 8
"""How many filters and orders are asked of accounts and memberships, which differ little from backend to backend."""


async def lists(court: Court, world: World) -> None:
    """Ask every list in every way that its contract names."""
    await populated(world)
    known = await Knowledge(world).learn()
    for entity in [*world.entities(), *(each for each in world.design.entities if each.builtin)]:
        listing = world.endpoint(entity, Kind.LIST)
        if listing is None:
            continue
        asker = _asker(court, world, known, entity)
        await _filters(court, world, known, entity, listing, world.admin)
        await _searches(court, world, known, entity, listing, asker)
        await _orders(court, world, known, entity, listing, asker)
        await _limits(court, world, entity)
        await _fields(court, world, known, entity, asker)


def _asker(court: Court, world: World, known: Knowledge, entity: Entity) -> Account:
    """Somebody who is no admin and meets some rows, where there is one."""
    able = []
    for who in world.callers():
        try:
            if not hides(entity, who) and "admin" not in who.roles and Sight(known, who).rows(entity):
                able.append(who)
        except UnknownWorthError:
            continue
    return court.random.choice(able or [world.admin])


def items_of(answer: Exchange) -> list[dict[str, Any]]:
    """The rows of a page; none where it is none."""
    page = document(answer)
    found = page.get("items") if isinstance(page, dict) else None
    return found if isinstance(found, list) else []


def _about(entity: Entity, what: str) -> str:
    return f"list_{entity.plural}, {what}"


# Filters and searches


async def _filters(
    court: Court, world: World, known: Knowledge, entity: Entity, listing: Endpoint, who: Account
) -> None:
    sight = Sight(known, who)
    own = [found for found in listing.filters if "__" not in found.name]
    own = court.random.sample(own, min(BUILT_IN, len(own))) if entity.builtin else own
    deep = [found for found in listing.filters if "__" in found.name]
    chosen = own + court.random.sample(deep, min(DEEP, len(deep)))
    asked = [each for found, operators in _operators(court, chosen) for each in _asked(sight, entity, found, operators)]
    await together(_filtered(court, world, sight, entity, each) for each in asked)


def _operators(court: Court, chosen: Sequence[Filter]) -> Iterator[tuple[Filter, Sequence[Comparing]]]:
    """Every operator of each type once, in a field of the list's own rows; elsewhere two, and beyond references one."""
    seen: set[tuple[type, int]] = set()
    for found in chosen:
        kind = type(found.type), len(found.operators)
        is_new = kind not in seen and "__" not in found.name
        seen |= {kind} if is_new else set()
        some = 1 if "__" in found.name else min(2, len(found.operators))
        yield found, found.operators if is_new else court.random.sample(found.operators, some)


def _asked(sight: Sight, entity: Entity, found: Filter, operators: Sequence[Comparing]) -> Iterator[Asked]:
    steps = tuple(found.name.split("__"))
    held, field = held_at(sight, entity, steps), field_at(sight, entity, steps)[1]
    if field.computed is not None and is_momentary(field.computed) and not isinstance(field.type, types.Bool):
        return  # it is worth something else when the answer comes
    for operator in operators:
        for value in questions(operator, held, field):
            yield Asked(steps=steps, operator=operator, value=value)


async def _filtered(court: Court, world: World, sight: Sight, entity: Entity, asked: Asked) -> None:
    name, value = asked.parameter
    answer = await court.ask(sight.who, "GET", world.path(entity), query={name: value, "limit": 200, "count": True})
    right = {row["id"] for row in sight.rows(entity) if matches(sight, entity, row, asked)}
    seen = [row["id"] for row in items_of(answer)]
    message = f"{name}={value} gives {sorted(seen, key=str)} in place of {sorted(right, key=str)}: {status(answer)}"
    holds = status(answer) == 200 and set(seen) == right and len(seen) == len(right)
    court.expect(holds, "filters", _about(entity, name), message, answer)
    total = (document(answer) or {}).get("total")
    court.expect(total == len(right), "total", _about(entity, name), f"total {total} of {len(right)}", answer)


async def _searches(
    court: Court, world: World, known: Knowledge, entity: Entity, listing: Endpoint, other: Account
) -> None:
    searched = [field for field in entity.fields if field.search]
    if not searched or not any(found.name == "q" for found in listing.parameters):
        return
    held = [text for field in searched for text in held_at(Sight(known, world.admin), entity, (field.name,))]
    words = {
        "STRASSE",
        "ünder",
        "ÉCLAIR",
        "%",
        "_",
        "\\",
        "no such thing at all",
        *(text.swapcase() for text in held[:4]),
    }
    for who in (world.admin, other):
        sight = Sight(known, who)
        for word in sorted(words | {text[:5] for text in court.random.sample(TEXTS, 2)}):
            answer = await court.ask(who, "GET", world.path(entity), query={"q": word, "limit": 200})
            right = {row["id"] for row in sight.rows(entity) if found_by(sight, entity, row, word)}
            seen = {row["id"] for row in items_of(answer)}
            message = f"q={word!r} gives {sorted(seen, key=str)} in place of {sorted(right, key=str)}"
            court.expect(seen == right, "search", _about(entity, "q"), message, answer)


# Orders and pages


def sorts_of(court: Court, listing: Endpoint, sight: Sight, entity: Entity) -> list[list[str]]:
    """Every order by one field, in both directions, and some by two; of fields that the caller may read.

    One of the pairs begins with the id, which decides all: what comes behind it must not matter, even where it is null.
    """
    choices = next((found.choices for found in listing.parameters if found.name == "sort"), ())
    rows = sight.rows(entity)
    open_ = [name for name in choices if all(sight.shows(entity, name, row) for row in rows)]
    found = [[mark + name] for name in open_ for mark in ("", "-")]
    found += [["id", f"-{name}"] for name in open_ if entity.field(name).optional][:1]
    for _ in range(PAIRS if len(open_) > 1 else 0):
        first, second = court.random.sample(open_, 2)
        found.append([court.random.choice(("", "-")) + first, court.random.choice(("", "-")) + second])
    return found


async def _orders(
    court: Court, world: World, known: Knowledge, entity: Entity, listing: Endpoint, other: Account
) -> None:
    for who in {each.name: each for each in (world.admin, other)}.values():
        sight = Sight(known, who)
        sorts = sorts_of(court, listing, sight, entity)
        if who is not world.admin or entity.builtin:
            sorts = court.random.sample(sorts, min(3 if who is not world.admin else BUILT_IN, len(sorts)))
        names = {name.removeprefix("-") for sort in sorts for name in sort}
        walked = {court.random.choice((name, f"-{name}")) for name in sorted(names)}
        await together(
            _ordered(court, world, sight, entity, sort, walks=len(sort) != 1 or sort[0] in walked)
            for sort in [[], *sorts]
        )


async def _ordered(
    court: Court, world: World, sight: Sight, entity: Entity, sort: Sequence[str], *, walks: bool
) -> None:
    """A list in an order, whole; and, where it is walked, by cursors and by offsets: three times the same."""
    who, path, about = sight.who, world.path(entity), _about(entity, f"sort={','.join(sort)}")
    asked: dict[str, Any] = {"sort": ",".join(sort)} if sort else {}
    whole = await court.ask(who, "GET", path, query={**asked, "limit": 200})
    rows = items_of(whole)
    ids = [row["id"] for row in rows]
    held = [sight.known.rows[entity.name][id] for id in ids if id in sight.known.rows[entity.name]]
    guarded = {access.field for access in entity.access.fields}
    order = [*(sort or entity.order)]
    if not guarded & {name.removeprefix("-") for name in order}:
        wrong = disorder(held, order)
        court.expect(wrong is None, "sorts", about, f"{wrong}", whole)
    right = {row["id"] for row in sight.rows(entity)}
    court.expect(set(ids) == right, "sorts", about, f"an order that changes which rows there are: {ids}", whole)
    if not walks:
        return
    step = max(PAGE, len(ids) // PAGES)
    walked, last = await _walked(court, world, entity, who, {**asked, "limit": step})
    court.expect(walked == ids, "pages", about, f"pages of {step} give {walked} in place of {ids}", last)
    if len(ids) > step:
        offset = await court.ask(who, "GET", path, query={**asked, "limit": step, "offset": step - 1})
        found = [row["id"] for row in items_of(offset)]
        wanted = ids[step - 1 : 2 * step - 1]
        court.expect(found == wanted, "pages", f"{about}, offset", f"{found} in place of {wanted}", offset)


async def _walked(
    court: Court, world: World, entity: Entity, who: Account, asked: dict[str, Any]
) -> tuple[list[Any], Exchange]:
    """The ids of all pages, and the last one."""
    found: list[Any] = []
    query = dict(asked)
    while True:
        answer = await court.ask(who, "GET", world.path(entity), query=query)
        page = items_of(answer)
        found += [row["id"] for row in page]
        cursor = (document(answer) or {}).get("next")
        full = cursor is None or len(page) == asked["limit"]
        court.expect(full, "pages", _about(entity, "limit"), "a page that has a next one is not full", answer)
        if cursor is None or len(found) > 2000:
            return found, answer
        query = {**asked, "cursor": cursor}


# Parameters


async def _limits(court: Court, world: World, entity: Entity) -> None:
    admin, path = world.admin, world.path(entity)
    for name, value in (("limit", 0), ("limit", 201), ("limit", "x"), ("offset", -1), ("offset", 10_001)):
        answer = await court.ask(admin, "GET", path, query={name: value})
        about = _about(entity, f"{name}={value}")
        court.expect_status(answer, 422, "limits", about, "beyond its bounds")
        court.expect((name, "limit") in codes(answer) or value == "x", "limits", about, f"{codes(answer)}", answer)
    for query in ({"sort": "surely_unknown"}, {"fields": "surely_unknown"}, {"surely_unknown": 1}, {"sort": "id,id"}):
        answer = await court.ask(admin, "GET", path, query=query)
        court.expect_status(answer, 422, "unknown-fields", _about(entity, f"{query}"), "what is not known")
    await _cursors(court, world, entity)


async def _cursors(court: Court, world: World, entity: Entity) -> None:
    """A cursor goes on in its own list, for its own caller, and nowhere else."""
    admin, path = world.admin, world.path(entity)
    cursor = (document(await court.ask(admin, "GET", path, query={"limit": 1, "sort": "id"})) or {}).get("next")
    if cursor is None:
        return
    others = [each for each in world.entities() if each is not entity and each.whole is None]
    bad: list[tuple[Account, str, dict[str, Any], str]] = [
        (admin, path, {"cursor": "nonsense"}, "nonsense"),
        (admin, path, {"cursor": cursor[:-3] + "AAA", "sort": "id"}, "a changed cursor"),
        (admin, path, {"cursor": cursor, "sort": "-id"}, "another order"),
        (admin, path, {"cursor": cursor, "sort": "id", "id__ne": _absent(entity)}, "another filter"),
        (admin, path, {"cursor": cursor, "sort": "id", "offset": 1}, "an offset beside it"),
    ]
    if others:
        bad.append((admin, world.path(others[0]), {"cursor": cursor, "sort": "id"}, "another list"))
    bad += [
        (who, path, {"cursor": cursor, "sort": "id"}, "another caller")
        for who in world.people.values()
        if not hides(entity, who)
    ]
    for who, place, query, what in bad:
        answer = await court.ask(who, "GET", place, query=query)
        court.expect_status(answer, 422, "cursors", _about(entity, what), "a cursor that is not for this")


def _absent(entity: Entity) -> Any:
    return 987_654 if entity.ids.value == "int" else "00000000-0000-7000-8000-000000000000"


async def _fields(court: Court, world: World, known: Knowledge, entity: Entity, other: Account) -> None:
    """`fields` keeps these keys, as far as the caller may read them."""
    for who in (world.admin, other):
        sight = Sight(known, who)
        names = [field for field in next(iter(known.told[entity.name].values()), {}) if field != "links"]
        for chosen in (names[:1], court.random.sample(names, min(3, len(names)))):
            if not chosen:
                continue
            query = {"fields": ",".join(chosen), "limit": 200}
            answer = await court.ask(who, "GET", world.path(entity), query=query)
            for row, held in _pairs(known, entity, items_of(answer), chosen):
                right = {name for name in chosen if sight.shows(entity, name, held) is not False}
                perhaps = {name for name in chosen if sight.shows(entity, name, held) is None}
                holds = right - perhaps <= row.keys() <= right
                message = f"{sorted(row)} in place of {sorted(right)}"
                court.expect(holds, "fields", _about(entity, f"as {who.name}"), message, answer)


def _pairs(
    known: Knowledge, entity: Entity, rows: list[dict[str, Any]], chosen: Sequence[str]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The rows, each with what is known of it, where that can be told."""
    for row in rows:
        if "id" in chosen and row.get("id") in known.rows[entity.name]:
            yield row, known.rows[entity.name][row["id"]]
        elif not entity.access.fields and entity.name != "User":
            yield row, next(iter(known.rows[entity.name].values()))
