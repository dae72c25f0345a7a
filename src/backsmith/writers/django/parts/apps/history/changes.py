"""Who changed what, and when: rows of their own, written in the transaction of the change.

Whatever a request changes in a table that is kept here (its own row, the targets of its effects, parts and links) is
looked at before and after; what differs is recorded with the whole. What is never shown is never looked at.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from apps.core.caller import Key
from apps.core.changes import AFTER, BEFORE, Change
from apps.core.rows import encode
from apps.core.shown import ManyToMany, Parts, Rows
from apps.history.models import HistoryEntry

UNTOLD = frozenset({"id", "created_at", "updated_at"})
Told = dict[str, Any]
"""What a row says, by the paths of its fields: `state`, `comments.7.text`, `labels`."""

KEPT: dict[Any, Rows] = {}
WHOLES: dict[Any, tuple[str, Any]] = {}
"""For each table of parts, its field that names the whole, and the table of that."""


def keep(rows: Rows) -> None:
    """Record what changes in this table, its parts and its links."""
    KEPT[rows.model] = rows
    _know_parts(rows)
    if _before not in BEFORE:
        BEFORE.append(_before)
        AFTER.append(_after)


def _know_parts(rows: Rows) -> None:
    for link in rows.links.values():
        if isinstance(link, Parts):
            WHOLES[link.rows.model] = link.by, rows.model
            _know_parts(link.rows)


def _before(change: Change, model: Any, ids: Sequence[Key]) -> None:
    while model in WHOLES:
        by, whole = WHOLES[model]
        ids = list(model._base_manager.filter(pk__in=ids).values_list(by, flat=True).distinct())
        model = whole
    if (rows := KEPT.get(model)) is not None:
        known = change.before.setdefault(rows, {})
        known |= _told(rows, [id for id in ids if id not in known])


def _after(change: Change) -> None:
    if change.rows.model in KEPT and change.id is not None:
        change.before.setdefault(KEPT[change.rows.model], {}).setdefault(change.id, {})
    for rows, found in change.before.items():
        now = _told(rows, list(found))
        entries = [_entry(change, rows, id, old, now.get(id, {})) for id, old in found.items()]
        HistoryEntry.objects.bulk_create([entry for entry in entries if entry.changes])


def _entry(change: Change, rows: Rows, id: Key, old: Told, new: Told) -> HistoryEntry:
    action = "update" if change.verb == "change" else change.verb.replace(" ", "_")
    changes = [
        {"field": path, "old": old.get(path), "new": new.get(path)}
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path)
    ]
    mine = rows.model is change.rows.model and id == change.id
    return HistoryEntry(
        entity=rows.model._meta.db_table,
        row=str(id),
        user=None if change.caller.id is None else str(change.caller.id),
        action=action if mine else f"{change.rows.name}.{action}",
        changes=msgspec.json.decode(encode(changes)),
    )


def _told(rows: Rows, ids: Sequence[Key]) -> dict[Key, Told]:
    """What these rows say, with their parts and links."""
    if not ids:
        return {}
    columns = {name: column for name, column in rows.fields.items() if name not in UNTOLD and isinstance(column, str)}
    found = rows.model._base_manager.filter(pk__in=ids).values_list("pk", *columns.values())
    told: dict[Key, Told] = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}
    for name, link in rows.links.items():
        if isinstance(link, ManyToMany):
            here, there = f"{link.here}_id", f"{link.there}_id"
            pairs = link.pairs()._base_manager.filter(**{f"{here}__in": ids}).order_by(there)
            for id, other in pairs.values_list(here, there):
                told[id].setdefault(name, []).append(other)
        elif isinstance(link, Parts):
            whole = wholes(link, ids)
            for id, inner in _told(link.rows, list(whole)).items():
                told[whole[id]] |= {f"{name}.{id}.{path}": value for path, value in inner.items()}
    return told


def wholes(link: Parts, ids: Sequence[Key]) -> dict[Key, Key]:
    """The parts of these rows, each with the row that it is a part of."""
    by = f"{link.by}_id"
    found = link.rows.model._base_manager.filter(**{f"{by}__in": ids}).order_by("pk")
    return dict(found.values_list("pk", by))
