"""What HTTP shows of a table: serializers that say it once, for the rows that are read and for the documentation.

A row is never made into a model object: `core.rows` selects what a serializer names, and encodes that.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from rest_framework import serializers

from apps.core import fields
from apps.core.caller import EVERY, Caller, Key, Rule
from apps.core.serializers import DurationField

Order = tuple[tuple[str, bool], ...]  # names of fields, each with whether it is sorted downwards
Column = str | Callable[[], Combinable]  # the name of a model's column, or what is worked out of a row


def everyone(caller: Caller) -> Q:
    """anyone"""
    return EVERY


class Link(serializers.Field[Any, Any, Any, Any]):
    """What `expand` follows, to rows that another serializer shows."""

    is_part: ClassVar[bool] = False
    many: ClassVar[bool] = True

    def __init__(self, shown: "Callable[[], type[Shown]]", by: str = "") -> None:
        super().__init__(read_only=not self.many, required=False if self.many else None)  # many: where expanded
        self.shown, self.by = shown, by

    @property
    def rows(self) -> "Rows":
        return self.shown().rows

    def rule(self, caller: Caller) -> Q:
        """Which of the rows beyond are shown."""
        return self.rows.readable(caller)


class One(Link):
    """A link to one row: its id, or the row where it is expanded, or null."""

    many = False


class Many(Link):
    """A link to the rows whose field `by` names this row."""


class Parts(Many):
    """A link to what this row is made of: whoever may read it may read them, as far as they are not narrowed."""

    is_part = True

    def rule(self, caller: Caller) -> Q:
        return self.rows.narrow(caller)


class ManyToMany(Link):
    """A link through a table of pairs: `here` is its field that names this row, `there` the one beyond."""

    def __init__(self, shown: "Callable[[], type[Shown]]", pairs: Callable[[], Any], here: str, there: str) -> None:
        super().__init__(shown)
        self.pairs, self.here, self.there = pairs, here, there


class Computed(serializers.Field[Any, Any, Any, Any]):
    """A field that the database works out, shown as `field` says."""

    def __init__(self, field: Any, column: Callable[[], Combinable]) -> None:
        super().__init__(read_only=True)
        self.field, self.column = field, column


class Assembled(serializers.Field[Any, Any, Any, Any], ABC):
    """A field that no column holds: it is put together of a row that was read."""

    def __init__(self) -> None:
        super().__init__(read_only=True)

    @abstractmethod
    def build(self, level: Any, rows: "Rows", prefix: str) -> Callable[[Sequence[Any], Any], Any]:
        """What puts it together of a statement's row, where the table stands at the end of the prefix."""


class Shown(serializers.ModelSerializer[Any]):
    """What is shown of one table. `Meta` says the rest; see `Rows`."""

    rows: ClassVar["Rows"]
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DurationField: DurationField,
        models.EmailField: serializers.CharField,
    }

    def get_fields(self) -> dict[str, Any]:
        """What is shown. Links to many may be absent, and fields with a rule of their own."""
        found: dict[str, Any] = super().get_fields()
        for name, field in found.items():
            many, absent = self.rows.is_many(name), name in self.rows.absent
            field.read_only, field.required = False, not (absent or many)
            field.allow_null = field.allow_null or (absent and not many)
            field.allow_blank = False  # a choice that may be absent is null
        return found

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """A list of plain values is one of what its items are."""
        if not isinstance(model_field, fields.ListField):
            return super().build_standard_field(field_name, model_field)
        item, options = super().build_standard_field(field_name, model_field.item)
        return serializers.ListField, {"child": item(**options), "allow_null": model_field.null}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "Meta" in cls.__dict__:
            cls.rows = Rows(cls)


class Rows:
    """What `Meta` of a serializer says.

    name: what one row is called; read: the rows that a caller may see; live: those that are not deleted;
    narrow: of parts, which of a row that is seen are seen; rules: who may read single fields;
    absent: the fields that the document says may be absent, where those are others; filters: the `FilterSet` of its
    lists; search: what `q` searches; sort: what lists can be sorted by, beside the key
    and the timestamps; order: how they are if not told; lasting: whether every change of the answer raises the version,
    so that 304 is true.
    """

    def __init__(self, shown: type[Shown]) -> None:
        meta: Any = shown.Meta
        self.shown, self.model = shown, meta.model
        self.name: str = getattr(meta, "name", str(self.model._meta.verbose_name))
        self.read: Rule = meta.read
        self.live: Callable[[], Q] | None = getattr(meta, "live", None)
        self.narrow: Rule = getattr(meta, "narrow", everyone)
        self.rules: Mapping[str, Rule] = getattr(meta, "rules", {})
        self.search: Sequence[str] = getattr(meta, "search", ())
        self.absent: Sequence[str] = getattr(meta, "absent", tuple(self.rules))
        self.lasting: bool = getattr(meta, "lasting", True)
        order: Sequence[str] = getattr(meta, "order", ("-id",))
        self.lookups: Mapping[str, Sequence[str]] = meta.filters._meta.fields or {}
        declared: Mapping[str, Any] = shown._declared_fields
        self.links: dict[str, Link] = {name: field for name, field in declared.items() if isinstance(field, Link)}
        self.assembled = {name: field for name, field in declared.items() if isinstance(field, Assembled)}
        self.fields: dict[str, Column] = {
            name: self._column(name, declared.get(name)) for name in meta.fields if not self.is_many(name)
        }
        self.sortable = {*getattr(meta, "sort", ())} | (self.fields.keys() & {"id", "created_at", "updated_at"})
        self.list_order = complete(directions(order))
        self.inner_order = complete(directions(order if tuple(order) != ("-id",) else ("id",)))

    def is_many(self, name: str) -> bool:
        """Whether a field is shown where it is expanded alone."""
        return name in self.links and self.links[name].many

    def _column(self, name: str, declared: Any) -> Column:
        if isinstance(declared, Computed):
            return declared.column
        if isinstance(declared, Assembled):
            return _nothing
        return str(self.model._meta.get_field(name).attname)

    def readable(self, caller: Caller) -> Q:
        """The rows that a caller meets."""
        read = self.read(caller)
        return read if self.live is None else self.live() if read is EVERY else read & self.live()

    def rule(self, caller: Caller, name: str) -> Q:
        """Whether the caller may read a field of a row that they may read."""
        return self.rules[name](caller) if name in self.rules else EVERY

    def expression(self, name: str) -> Any:
        """A field of a row, as an expression over the table itself."""
        column = self.fields[name]
        return models.F(column) if isinstance(column, str) else column()

    def field(self, name: str) -> Any:
        """The model field that holds a value, or is what a computed one comes to."""
        column: Any = self.fields[name]
        return self.model._meta.get_field(name) if isinstance(column, str) else column().output_field

    def is_nullable(self, name: str) -> bool:
        """Whether there may be no value."""
        column = self.fields[name]
        if isinstance(column, str):
            return bool(self.model._meta.get_field(name).null)
        declared: Any = self.shown._declared_fields[name]
        return bool(declared.field.allow_null)

    def one(self, name: str) -> "Rows | None":
        """What is shown of the row that a field refers to."""
        link = self.links.get(name)
        return link.rows if isinstance(link, One) else None

    def key(self, text: str) -> Key:
        """The key that a path names. What is no id names no row, and so is answered as any other that is not there."""
        if self.keyed.get_internal_type() == "UUIDField":
            try:
                return UUID(text)
            except ValueError:
                return UUID(int=0)
        return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", text) else 0

    @cached_property
    def keyed(self) -> Any:
        """The model field of the key."""
        return self.model._meta.pk


def _nothing() -> Combinable:
    return models.Value(None, models.JSONField())


def directions(names: Sequence[str]) -> Order:
    """What each name sorts by, and whether downwards."""
    return tuple((name.removeprefix("-"), name.startswith("-")) for name in names)


def complete(order: Order) -> Order:
    """Ties are broken by id, in the last direction; what comes after it decides nothing."""
    return order[: [*dict(order)].index("id") + 1] if "id" in dict(order) else (*order, ("id", order[-1][1]))
