"""Who changed what, and when: rows of their own, written in the transaction of the change.

Whatever a request changes in a table that is kept here (its own row, the targets of its effects, parts and links) is
looked at before and after; what differs is recorded with the whole. What the view does not show is never looked at.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from fastapi import Request, Response
from sqlalchemy import Index, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.core import cursors, database, queries, schemas
from app.core.caller import Caller, Key
from app.core.changes import AFTER, BEFORE, Change
from app.core.errors import NotFound
from app.core.sql import among
from app.core.types import Characters, Document
from app.core.views import ManyToMany, Page, Parts, View, encode, everyone

UNTOLD = frozenset({"id", "created_at", "updated_at"})
Told = dict[str, Any]
"""What a row says, by the paths of its fields: `state`, `comments.7.text`, `labels`."""


class HistoryEntry(database.Row):
    """One change of one row. Neither rows nor accounts are referred to: an entry outlives both."""

    __tablename__ = "history"
    __table_args__ = (Index("history_of", "entity", "row", "id"),)

    entity: Mapped[str] = mapped_column(Characters(63))
    row: Mapped[str] = mapped_column(Characters(36))
    user: Mapped[str | None] = mapped_column(Characters(36))
    action: Mapped[str] = mapped_column(Characters(63))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Document)


class FieldChange(schemas.Answer):
    """What became of one field: `field` is its path, `comments.7.text` for one of a part."""

    field: str
    old: Any
    new: Any


class HistoryRead(schemas.Answer):
    """One change: by whom (null for a stranger), what was done, and what became of which field."""

    id: int
    at: datetime
    user: int | str | None
    action: str
    changes: list[FieldChange]


KEPT: dict[Any, View] = {}
WHOLES: dict[Any, tuple[Any, Any]] = {}
"""For each table of parts, its column that names the whole, and the table of that."""


def keep(view: View) -> None:
    """Record what changes in this table, its parts and its links."""
    KEPT[view.model] = view
    _know_parts(view)
    if _before not in BEFORE:
        BEFORE.append(_before)
        AFTER.append(_after)


def _know_parts(view: View) -> None:
    for link in view.links.values():
        if isinstance(link, Parts):
            WHOLES[link.view().model] = link.by, view.model
            _know_parts(link.view())


async def _before(change: Change, model: Any, ids: Sequence[Key]) -> None:
    while model in WHOLES:
        (by, whole), key = WHOLES[model], model.id
        found = await change.db.execute(select(by).distinct().where(among(key, "row__ids")), {"row__ids": ids})
        model, ids = whole, list(found.scalars())
    if (view := KEPT.get(model)) is not None:
        known = change.before[view]
        known |= await _told(change.db, view, [id for id in ids if id not in known])


async def _after(change: Change) -> None:
    if change.view.model in KEPT and change.id is not None:
        change.before[change.view].setdefault(change.id, {})
    for view, rows in change.before.items():
        now = await _told(change.db, view, list(rows))
        entries = [_entry(change, view, id, old, now.get(id, {})) for id, old in rows.items()]
        if written := [entry for entry in entries if entry["changes"]]:
            await change.db.execute(insert(HistoryEntry), written)


def _entry(change: Change, view: View, id: Key, old: Told, new: Told) -> dict[str, Any]:
    action = "update" if change.verb == "change" else change.verb.replace(" ", "_")
    changes = [
        {"field": path, "old": old.get(path), "new": new.get(path)}
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path)
    ]
    return {
        "entity": view.model.__tablename__,
        "row": str(id),
        "user": None if change.caller.id is None else str(change.caller.id),
        "action": action if view is change.view and id == change.id else f"{change.view.name}.{action}",
        "changes": msgspec.json.decode(encode(changes)),
    }


async def _told(db: AsyncConnection, view: View, ids: Sequence[Key]) -> dict[Key, Told]:
    """What these rows say, with their parts and links."""
    model, values = view.model, {"row__ids": list(ids)}
    columns = [(name, found) for name, found in view.fields.items() if name not in UNTOLD and _is_stored(found)]
    rows = await db.execute(
        select(model.id, *(column for _, column in columns)).where(among(model.id, "row__ids")), values
    )
    told: dict[Key, Told] = {row[0]: dict(zip([name for name, _ in columns], row[1:], strict=True)) for row in rows}
    for name, link in view.links.items():
        if isinstance(link, ManyToMany):
            pairs = select(link.here, link.there).where(among(link.here, "row__ids")).order_by(link.there)
            for here, there in await db.execute(pairs, values):
                told[here].setdefault(name, []).append(there)
        elif isinstance(link, Parts):
            whole = await _wholes(db, link, ids)
            for id, inner in (await _told(db, link.view(), list(whole))).items():
                told[whole[id]] |= {f"{name}.{id}.{path}": value for path, value in inner.items()}
    return told


def _is_stored(field: Any) -> bool:
    return isinstance(field, InstrumentedAttribute)


async def _wholes(db: AsyncConnection, link: Parts, ids: Sequence[Key]) -> dict[Key, Key]:
    """The parts of these rows, each with the row that it is a part of."""
    part = link.view().model.id
    rows = await db.execute(
        select(part, link.by).where(among(link.by, "row__ids")).order_by(part), {"row__ids": list(ids)}
    )
    return {row[0]: row[1] for row in rows}


# Reading

PAGED = View(HistoryEntry, name="change", fields={}, read=everyone)
TAKES = frozenset({"limit", "cursor"})
PARAMETERS = {"parameters": [each for each in PAGED.list_parameters["parameters"] if each["name"] in TAKES]}


async def page(view: View, db: AsyncConnection, caller: Caller, id: Key, request: Request) -> Response:
    """The changes of a row that the caller may read, the latest first; for admins also of one that is deleted.

    Raises Unauthorized, NotFound, Invalid.
    """
    view.allow(caller, NotFound(view.name))
    query = queries.read_query(PAGED, request.scope["query_string"], TAKES)
    model, is_admin = view.model, "admin" in caller.roles
    readable = select(model.id).where(model.id == bindparam("id"), view.readable(caller.roles, model))
    exists = await db.scalar(readable, caller.bound | {"id": id}) is not None
    if not exists and not is_admin:
        raise NotFound(view.name)
    bond = encode((model.__tablename__, id, caller.id, sorted(caller.roles)))
    of = HistoryEntry.entity == model.__tablename__, HistoryEntry.row == str(id)
    statement = select(HistoryEntry).where(*of).order_by(HistoryEntry.id.desc()).limit(query.limit + 1)
    if query.cursor is not None:
        statement = statement.where(HistoryEntry.id < cursors.read(query.cursor, [int], bond)[0])
    rows = list((await db.execute(statement)).mappings())
    if not rows and not exists:
        raise NotFound(view.name)
    more, rows = len(rows) > query.limit, rows[: query.limit]
    sight = None if is_admin else await Sight(db, caller).of(view, {id: ""}, "")
    return Response(
        encode(
            Page([_shown(row, view, sight) for row in rows], cursors.write([rows[-1]["id"]], bond) if more else None)
        ),
        media_type="application/json",
    )


def _shown(row: Any, view: View, sight: "Sight | None") -> dict[str, Any]:
    changes = [each for each in row["changes"] if sight is None or sight.shows(each["field"])]
    user = row["user"]
    return {
        "id": row["id"],
        "at": row["created_at"],
        "user": int(user) if user is not None and user.isdecimal() else user,
        "action": row["action"],
        "changes": changes,
    }


class Sight:
    """Which paths a caller sees. guarded: those with a rule, without the ids of parts; seen: those where it holds."""

    def __init__(self, db: AsyncConnection, caller: Caller) -> None:
        self.db, self.caller = db, caller
        self.guarded: set[str] = set()
        self.seen: set[str] = set()

    async def of(self, view: View, places: dict[Key, str], at: str) -> "Sight":
        """Ask the rules of these rows, each at its path, and of their parts. Of what is gone, none holds."""
        model, roles = view.model, self.caller.roles
        narrow = view.narrow(roles, model)
        if view.narrow is not everyone:
            self.guarded.add(at.removesuffix("."))
        self.guarded |= {f"{at}{name}" for name in view.rules}
        rules = [view.rules[name](roles, model).label(name) for name in view.rules]
        statement = select(model.id, *rules).where(among(model.id, "row__ids"), narrow)
        for id, *holds in await self.db.execute(statement, self.caller.bound | {"row__ids": list(places)}):
            self.seen.add(places[id].removesuffix("."))
            self.seen |= {f"{places[id]}{name}" for name, held in zip(view.rules, holds, strict=True) if held}
        for name, link in view.links.items():
            if isinstance(link, Parts):
                whole = await _wholes(self.db, link, list(places))
                await self.of(link.view(), {id: f"{places[whole[id]]}{name}.{id}." for id in whole}, f"{at}{name}.")
        return self

    def shows(self, path: str) -> bool:
        steps = path.split(".")
        ends = [*range(2, len(steps), 2), len(steps)]
        return all(".".join(steps[:end:2]) not in self.guarded or ".".join(steps[:end]) in self.seen for end in ends)
