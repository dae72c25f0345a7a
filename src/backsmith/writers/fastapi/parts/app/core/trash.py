"""Deleting rows that are kept, out of sight, and bringing them back."""

from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, false, or_, select

from app.core import caller, constraints, database, errors, views
from app.core.changes import ROW, Change, changing, scoped
from app.core.forms import Rule, raised


restoring = partial(changing, verb="restore", trash=True)  # the dependency of an endpoint that brings a row back


async def hide(change: Change) -> None:
    """Put the row out of sight. Raises Conflict where rows that are in sight still refer to it."""
    if await change.db.scalar(_referred(change.view.model), change.values):
        raise errors.Conflict("in_use", "", constraints.IN_USE)
    await change.run(_moved(*change.who, caller.NOW, trash=False))


async def restore(change: Change) -> None:
    """Bring the row back. Raises Conflict where it is not deleted, or another one has taken its place."""
    if change.row["deleted_at"] is None:
        raise errors.Conflict("wrong_state", "deleted_at", "It is not deleted.")
    with constraints.told():
        await change.run(_moved(*change.who, None, trash=True))


@lru_cache(1024)
def _moved(view: views.View, rule: Rule, roles: caller.Roles, deleted_at: Any, *, trash: bool) -> Any:
    return scoped(raised(view.model).values(deleted_at=deleted_at), view, rule, roles, trash)


@lru_cache(256)
def _referred(model: Any) -> Select[Any]:
    """Whether any row that is in sight refers to the row and forbids its deletion."""
    references = [
        exists().where(key.parent == ROW, *_in_sight(table))
        for table in database.Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is model.__table__ and key.ondelete not in ("CASCADE", "SET NULL")
    ]
    return select(or_(false(), *references))


def _in_sight(table: Table) -> list[ColumnElement[bool]]:
    """The conditions for a row to be in sight: neither it is deleted, nor the whole that it is a part of."""
    conditions: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []
    for key in table.foreign_keys:
        if key.parent.info.get("whole") and (beyond := _in_sight(key.column.table)):
            conditions.append(exists().where(key.column == key.parent, *beyond))
    return conditions
