"""How bodies become rows: what a service says once of its table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from django.db import models
from django.db.models import Value

from apps.core import sql
from apps.core.caller import Caller, Rule
from apps.core.serializers import Serializer
from apps.core.shown import Rows

Values = dict[str, Any]
Made = Callable[[Any, Caller], Any]  # what the database works out for a new row, and for who makes it


@dataclass(frozen=True, slots=True)
class Nested:
    """A field with the parts of a row: `whole` is the column of the part that names the row."""

    form: "Form"
    whole: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A many-to-many field: the table of its pairs, with the columns of this row and of the other."""

    rows: Rows
    pairs: type[models.Model]
    here: str
    there: str


@dataclass(frozen=True, eq=False)
class Form:
    """How the bodies of one table become its rows.

    owner: the field that is set from the caller, and that only an admin may send; references: the fields that name a
    row, and what is shown of it; once: fields that stay as they were when the row was made; stored: columns that are
    worked out when a row is made; defaults: those that are where nothing was sent; guarded: who may write single
    fields; item: of parts, their serializer in the body of a whole.
    """

    rows: Rows
    _: KW_ONLY
    owner: str | None = None
    references: Mapping[str, Rows] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    stored: Mapping[str, Made] = field(default_factory=dict)
    defaults: Mapping[str, Made] = field(default_factory=dict)
    parts: Mapping[str, Nested] = field(default_factory=dict)
    links: Mapping[str, Linked] = field(default_factory=dict)
    guarded: Mapping[str, Rule] = field(default_factory=dict)
    item: type[Serializer] = Serializer

    def column(self, name: str) -> str:
        """The column of a field."""
        return f"{name}_id" if name in self.references else name

    def values(self, data: Mapping[str, Any], names: frozenset[str]) -> Values:
        """What these fields of a body put into which columns."""
        mine = names - self.parts.keys() - self.links.keys() - {"id"}
        return {self.column(name): data[name] for name in sorted(mine)}

    def made(self, caller: Caller, values: Values) -> Any:
        """A new row, with what it has without being sent."""
        if self.owner is not None and self.column(self.owner) not in values:
            values = {**values, self.column(self.owner): caller.id}
        row = self.rows.model(**values, created_at=caller.moment, updated_at=caller.moment)
        absent = [name for name in (*self.defaults, *self.stored) if name not in values]
        for name, value in self.worked_out(caller, row, absent).items():
            setattr(row, name, value)
        return row

    def worked_out(self, caller: Caller, row: Any, names: Iterable[str]) -> Values:
        """What the database works out for these columns of a row that is written: values where they are known."""
        made = {**self.defaults, **self.stored}
        new = New(row, caller, {name: made[name] for name in names})
        found = {name: getattr(new, name) for name in names}
        return {name: value.value if isinstance(value, Value) else sql.Alone(value) for name, value in found.items()}


class New:
    """A row that is being written, as expressions see it: what is not known yet is what works it out."""

    def __init__(self, row: Any, caller: Caller, made: Mapping[str, Made]) -> None:
        self._row, self._caller, self._made = row, caller, made

    def __getattr__(self, name: str) -> Any:
        return self._made[name](self, self._caller) if name in self._made else getattr(self._row, name)


def tenant_of(model: type[models.Model]) -> str | None:
    """The column that names the tenant of a row."""
    named: str | None = getattr(model, "TENANT", None)
    return named and f"{named}_id"
