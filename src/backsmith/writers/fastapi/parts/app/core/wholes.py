"""The versions of rows whose parts change from elsewhere than their own bodies."""

from sqlalchemy import ColumnElement, Table, Update, select, update

from app.core import caller, effects


class PartEffect(effects.Effect):
    """An effect on rows that are parts: the versions of their wholes go up too."""

    def updates(self) -> list[Update]:
        return [*wholes_raised(self.model.__table__, self.model.id.in_(self.ids)), *super().updates()]


def wholes_raised(table: Table, which: ColumnElement[bool]) -> list[Update]:
    """What raises the versions of the wholes that these rows are parts of."""
    for key in table.foreign_keys:
        if key.parent.info.get("whole"):
            whole = key.column.table
            these = whole.c.id.in_(select(key.parent).where(which))
            statement = update(whole).where(these).values(version=whole.c.version + 1, updated_at=caller.NOW)
            return [statement, *wholes_raised(whole, these)]
    return []
