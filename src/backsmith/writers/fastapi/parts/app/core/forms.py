"""How bodies become rows: what a service says once of its table, and the statements that follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Update, bindparam, insert, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core import schemas
from app.core.caller import NOW, Caller, Roles
from app.core.schemas import Body
from app.core.views import View

Made = Callable[[Any], ColumnElement[Any]]  # what the database works out for a new row, of its columns
Rule = Callable[[Roles], ColumnElement[bool]]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Nested:
    """A field with the parts of a row: `whole` is the column of the part that names the row."""

    form: "Form"
    whole: InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """A many-to-many field: the pairs of `here`, the row, and `there`, a row of the view."""

    view: View
    here: Column[Any]
    there: Column[Any]


@dataclass(frozen=True, eq=False)
class Form:
    """How the bodies of one table become its rows.

    owner: the field that is set from the caller, and that only an admin may send. references: the fields that name a
    row, and of what; the column of each ends in `_id`. once: fields that stay as they were when the row was made.
    stored: columns that are worked out when a row is made; defaults: those that are where nothing was sent.
    """

    view: View
    _: KW_ONLY
    owner: str | None = None
    references: Mapping[str, View] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    stored: Mapping[str, Made] = field(default_factory=dict)
    defaults: Mapping[str, Made] = field(default_factory=dict)
    parts: Mapping[str, Nested] = field(default_factory=dict)
    links: Mapping[str, Linked] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """The column of a field."""
        return f"{name}_id" if name in self.references else name

    def values(self, body: Body, names: frozenset[str]) -> Values:
        """What these fields of a body put into which columns."""
        mine = names - self.parts.keys() - self.links.keys() - {"id"}
        return {self.column(name): _plain(getattr(body, name)) for name in mine}

    async def kept(self, change: Any, body: Body) -> frozenset[str]:
        """The fields that the caller of this change may not write. Raises Forbidden where one of them was sent."""
        return frozenset()

    def made(self, caller: Caller, values: Values) -> Values:
        """What a new row has without being sent, and what Python knows of it."""
        if self.owner is None or (column := self.column(self.owner)) in values:
            return values
        return {**values, column: caller.id}


@lru_cache(1024)
def defaulted(body: type[Body]) -> frozenset[str]:
    """The fields that have a default which Python knows."""
    fields, absent = body.model_fields.items(), schemas.ABSENT.default_factory
    return frozenset(name for name, field in fields if not field.is_required() and field.default_factory is not absent)


def _plain(value: Any) -> Any:
    """Embedded values are stored as documents."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.model_dump(mode="json") if isinstance(value, Body) else value


class New:
    """The row that is being made, as expressions see it: columns are bound to `new__...`, or worked out themselves."""

    def __init__(self, model: type[Any], made: Mapping[str, Made]) -> None:
        self._columns, self._made = model.__table__.c, made

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        if name in self._made:
            return self._made[name](self)
        return bindparam(f"new__{name}", type_=self._columns[name].type)


def bound(values: Values) -> Values:
    """The values as `new__...` parameters, which no column's name can be."""
    return {f"new__{name}": value for name, value in values.items()}


@lru_cache(1024)
def insertion(form: Form, columns: frozenset[str], *answer: Any) -> Any:
    """Makes rows of these columns and of what is worked out. answer: what it tells of them."""
    model = form.view.model
    made = {name: make for name, make in {**form.defaults, **form.stored}.items() if name not in columns}
    new = New(model, made)
    values = {name: getattr(new, name) for name in (*sorted(columns), *made)}
    statement = insert(model).values(created_at=NOW, updated_at=NOW, version=1, **values)
    return statement.returning(*answer) if answer else statement


@lru_cache(1024)
def changed(form: Form, columns: frozenset[str], worked_out: frozenset[str]) -> Update:
    """Changes these columns of a row, and those that return to the default that is worked out for them."""
    new = New(form.view.model, {name: form.defaults[name] for name in worked_out})
    return raised(form.view.model).values({name: getattr(new, name) for name in sorted(columns | worked_out)})


def raised(model: type[Any]) -> Update:
    """A change to rows: their version goes up."""
    return update(model).values(version=model.version + 1, updated_at=NOW)


@cache
def tenant_of(model: Any) -> Column[Any] | None:
    """The column that names the tenant of a row."""
    return next((column for column in model.__table__.c if column.info.get("tenant")), None)
