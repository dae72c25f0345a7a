"""Exports: the list itself, as CSV and as JSON Lines; and hyperlinks, where rows have them."""

import csv
import io
import json
from collections.abc import Set
from typing import Any

from backsmith.contract import hyperlinks
from backsmith.contract.hyperlinks import Hyperlink
from backsmith.contract.model import Kind
from backsmith.design import types
from backsmith.design.expressions import Expr
from backsmith.design.model import Entity
from backsmith.samples.oracle import UnknownWorthError
from backsmith.verify.checks.lists import sorts_of
from backsmith.verify.court import Account, Court, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge, Row
from backsmith.verify.model import Exchange
from backsmith.verify.momentary import momentary
from backsmith.verify.rows import populated
from backsmith.verify.sight import Sight
from backsmith.verify.verdicts import hides
from backsmith.verify.world import World

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula (CWE-1236)."""
TEXT = (types.Text, types.Email, types.Url, types.Slug, types.Phone)


async def exports(court: Court, world: World) -> None:
    """Compare files with lists."""
    await populated(world)
    known = await Knowledge(world).learn()
    for entity in world.entities():
        listing = world.endpoint(entity, Kind.LIST)
        if listing is None or world.endpoint(entity, Kind.EXPORT) is None:
            continue
        callers = [who for who in world.callers() if not hides(entity, who)]
        for who in {each.name: each for each in (world.admin, court.random.choice(callers))}.values():
            sorts = sorts_of(court, listing, Sight(known, who), entity)
            for sort in [[], *court.random.sample(sorts, min(1, len(sorts)))]:
                await _exported(court, world, entity, who, ",".join(sort))
        await _bad(court, world, entity)


async def _exported(court: Court, world: World, entity: Entity, who: Account, sort: str) -> None:
    asked = {"sort": sort} if sort else {}
    rows = [
        {key: value for key, value in row.items() if key != "links"} for row in await world.rows(entity, who, **asked)
    ]
    path, about = f"{world.path(entity)}/export", f"export_{entity.plural} as {who.name}"
    lines = await court.ask(who, "GET", path, query={"format": "jsonl", **asked})
    told = [json.loads(line) for line in _body(lines).splitlines()] if status(lines) == 200 else []
    passing = momentary(entity)
    court.expect(_plain(told, passing) == _plain(rows, passing), "exports", about, "JSON Lines are not the list", lines)
    table = await court.ask(who, "GET", path, query={"format": "csv", **asked})
    media = table.answer.header("content-type") if table.answer is not None else None
    court.expect((media or "").startswith("text/csv"), "exports", about, f"CSV as {media}", table)
    read = list(csv.reader(io.StringIO(_body(table), newline="")))
    if not court.expect(len(read) == len(rows) + 1, "exports", about, f"{len(read)} lines for {len(rows)} rows", table):
        return
    for row, cells in zip(rows, read[1:], strict=True):
        for name, cell in zip(read[0], cells, strict=False):
            if name not in passing:
                right = _is_cell(entity, name, row.get(name), cell)
                court.expect(right, "exports", f"{about}, {name}", f"{cell!r} for {row.get(name)!r}", table)
        court.expect(row.keys() <= set(read[0]), "exports", about, "a column is missing", table)


def _body(answer: Exchange) -> str:
    return answer.answer.body.decode() if answer.answer is not None else ""


def _plain(rows: list[dict[str, Any]], passing: Set[str]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in passing} for row in rows]


def _is_cell(entity: Entity, name: str, value: Any, cell: str) -> bool:
    """Whether a cell holds a value: text as it is, but never as a formula; null as nothing; all else as in JSON."""
    if value is None:
        return cell == ""
    if isinstance(entity.field(name).type, TEXT):
        return cell == (f"'{value}" if str(value).startswith(FORMULA) else str(value))
    if isinstance(value, str):
        return cell in (value, f"'{value}")
    try:
        return bool(json.loads(cell) == value)
    except ValueError:
        return False


async def _bad(court: Court, world: World, entity: Entity) -> None:
    for query in ({"format": "xlsx"}, {"limit": 3}, {"surely_unknown": 1}):
        answer = await court.ask(world.admin, "GET", f"{world.path(entity)}/export", query=query)
        court.expect_status(answer, 422, "exports", f"export_{entity.plural}", f"{query} is no parameter of exports")


# Hyperlinks


async def links(court: Court, world: World) -> None:
    """Compare the links of rows with the rules, and follow them."""
    if not world.design.api.links:
        return
    await populated(world)
    known = await Knowledge(world).learn()
    for entity in world.entities():
        for who in world.callers():
            if not hides(entity, who):
                await _linked(court, world, known, entity, who)


async def _linked(court: Court, world: World, known: Knowledge, entity: Entity, who: Account) -> None:
    about, rows = f"list_{entity.plural} as {who.name}", await world.rows(entity, who)
    for row in rows:
        held = known.rows[entity.name].get(row["id"])
        if held is None:
            continue
        try:
            wanted = {
                each.name
                for each in hyperlinks.hyperlinks(world.design, entity)
                if _is_shown(known, who, entity, held, each)
            }
        except UnknownWorthError:
            court.untested("hyperlinks", about, "a rule looks at a field that no one is told")
            return
        found = row.get("links") or {}
        message = f"the row {row['id']} has {sorted(found)} in place of {sorted(wanted)}"
        court.expect(found.keys() == wanted, "hyperlinks", about, message)
    chosen = court.random.sample(rows, min(2, len(rows)))
    followed = [link for row in chosen for link in (row.get("links") or {}).values() if link["method"] == "GET"]
    answers = await together(court.ask(who, "GET", link["href"]) for link in followed)
    for answer in answers:
        court.expect_status(answer, (200, 404), "hyperlinks", about, "a link that is followed")
    own = [row for row in chosen if (row.get("links") or {}).get("self")]
    for row in own:
        answer = await court.ask(who, "GET", row["links"]["self"]["href"])
        court.expect_status(answer, 200, "hyperlinks", about, "the link to the row itself")


def _is_shown(known: Knowledge, who: Account, entity: Entity, row: Row, link: Hyperlink) -> bool:
    """Whether the caller may follow a link now."""
    if link.field is not None:
        assert isinstance(link.field.type, types.Ref | types.Inverse)
        shown = Sight(known, who).shows(entity, link.field.name, row)
        there = isinstance(link.field.type, types.Inverse) or row[link.field.name] is not None
        return bool(shown) and there and not hides(known.design.entity(link.field.type.target), who)
    if link.state and row[link.state] not in link.states:
        return False
    return known.allows(who, _rule(entity, link.rule), entity, row)


def _rule(entity: Entity, name: str) -> Expr:
    """The rule of this name: of reading and writing, or of a move or an action."""
    access = entity.access
    plain = {"read": access.read, "update": access.update, "delete": access.delete}
    named = {move.name: move.by for move in entity.moves} | {action.name: action.by for action in entity.actions}
    return plain.get(name) or named[name]
