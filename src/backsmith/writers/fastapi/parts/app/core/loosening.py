"""Deleting a row that others let go: those that lose their reference, or a part, with it get a new version."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Update, select, update

from app.core import caller, changes, database, wholes


async def delete(change: changes.Change) -> None:
    """Delete the row with its parts. Raises Conflict where others still refer to it."""
    if changes.BEFORE:
        for referring, found in _losing(change.view.model):
            await change.watch(referring, (await change.db.execute(found, change.values)).scalars().all())
    for statement in _loosened(change.view.model):
        await change.db.execute(statement, change.values)
    await change.delete()


@lru_cache(256)
def _losing(model: Any) -> list[tuple[Any, Select[Any]]]:
    """For each table whose rows lose a reference with the row, the statement that finds them."""
    models = [mapper.class_ for mapper in database.Base.registry.mappers]
    keys = [(other, key) for other in models for key in other.__table__.foreign_keys if key.ondelete == "SET NULL"]
    return [
        (other, select(other.id).where(key.parent == changes.ROW))
        for other, key in keys
        if key.column.table is model.__table__
    ]


@lru_cache(256)
def _loosened(model: Any) -> list[Update]:
    """What raises the versions of the rows that lose a part, or a reference, with the row."""
    statements = []
    for table in database.Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is model.__table__ and key.ondelete in ("CASCADE", "SET NULL"):
                these = key.parent == changes.ROW
                statements += [] if key.parent.info.get("whole") else wholes.wholes_raised(table, these)
                if key.ondelete == "SET NULL":
                    values = {"version": table.c.version + 1, "updated_at": caller.NOW, key.parent.name: None}
                    statements.append(update(table).where(these).values(values))
    return statements
