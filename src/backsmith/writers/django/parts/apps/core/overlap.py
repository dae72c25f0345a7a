"""Rows that must not overlap: an exclusion constraint on PostgreSQL, two triggers on SQLite."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import Q
from django.db.models.sql import Query

RANGES: dict[str, str] = {
    "DateTimeField": "tstzrange",
    "DateField": "daterange",
    "IntegerField": "int4range",
    "BigIntegerField": "int8range",
    "ExactDecimalField": "numrange",
}
EXCLUDE = "CONSTRAINT %(name)s EXCLUDE USING gist (%(elements)s)%(where)s"
TRIGGER = """
CREATE TRIGGER %(trigger)s AFTER %(event)s ON %(table)s
WHEN EXISTS (SELECT 1 FROM %(table)s WHERE %(mine)s)
BEGIN
    SELECT RAISE(ABORT, '%(name)s') FROM %(table)s WHERE %(others)s;
END"""


class NoOverlap(models.BaseConstraint):
    """No two rows (for which the condition holds) that agree in `fields` overlap in `[start, end)`."""

    def __init__(
        self, *, name: str, fields: Sequence[str], start: str, end: str, condition: Q | None = None, **options: Any
    ) -> None:
        super().__init__(name=name, **options)
        self.fields, self.start, self.end, self.condition = tuple(fields), start, end, condition

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """What stands in the definition of the table; the triggers follow it."""
        assert schema_editor is not None
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            return str(self._exclusion(EXCLUDE, model, schema_editor))
        schema_editor.deferred_sql += [self._trigger(event, model, schema_editor) for event in ("insert", "update")]
        return None

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """On PostgreSQL: SQLite makes the table anew."""
        assert schema_editor is not None
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        return self._exclusion(f"ALTER TABLE %(table)s ADD {EXCLUDE}", model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """On PostgreSQL: SQLite makes the table anew."""
        assert schema_editor is not None
        table, quoted = Table(model._meta.db_table, schema_editor.quote_name), schema_editor.quote_name
        return Statement("ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", table=table, name=quoted(self.name))

    def _exclusion(self, template: str, model: Any, schema_editor: Any) -> Statement:
        start, end = self._columns(model, schema_editor, self.start, self.end)
        range_ = RANGES[model._meta.get_field(self.start).get_internal_type()]
        equal = [f"{column} WITH =" for column in self._columns(model, schema_editor, *self.fields)]
        where = self._where(model, schema_editor)
        return Statement(
            template,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            elements=", ".join([*equal, f"{range_}({start}, {end}) WITH &&"]),
            where=f" WHERE ({where})" if where else "",
        )

    def _trigger(self, event: str, model: Any, schema_editor: Any) -> Statement:
        start, end = self._columns(model, schema_editor, self.start, self.end)
        equal = [f"{column} = NEW.{column}" for column in self._columns(model, schema_editor, *self.fields)]
        counted = [self._where(model, schema_editor)] if self.condition else []
        others = ["id != NEW.id", *equal, f"{start} < NEW.{end}", f"NEW.{start} < {end}", *counted]
        return Statement(
            TRIGGER,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            trigger=schema_editor.quote_name(f"{self.name}_{event}"),
            event=event.upper(),
            name=self.name,
            mine=" AND ".join(["id = NEW.id", *counted]),
            others=" AND ".join(others),
        )

    def _columns(self, model: Any, schema_editor: Any, *fields: str) -> list[str]:
        return [schema_editor.quote_name(model._meta.get_field(field).column) for field in fields]

    def _where(self, model: Any, schema_editor: Any) -> str:
        if self.condition is None:
            return ""
        query = Query(model, alias_cols=False)
        compiler = query.get_compiler(connection=schema_editor.connection)
        sql, parameters = query.build_where(self.condition).as_sql(compiler, schema_editor.connection)
        return str(sql % tuple(map(schema_editor.quote_value, parameters)))

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Raises ValidationError where another row is in the way: forms ask for it."""
        rows = model._default_manager.using(using)
        mine = {field: getattr(instance, model._meta.get_field(field).attname) for field in self.fields}
        span = {f"{self.start}__lt": getattr(instance, self.end), f"{self.end}__gt": getattr(instance, self.start)}
        if None in span.values() or None in mine.values():
            return
        others = rows.filter(**mine, **span).exclude(pk=instance.pk)
        if (others if self.condition is None else others.filter(self.condition)).exists():
            raise ValidationError(self.get_violation_error_message(), code="overlap")

    def deconstruct(self) -> Any:
        path, arguments, options = super().deconstruct()
        condition = {} if self.condition is None else {"condition": self.condition}
        return path, arguments, {**options, "fields": self.fields, "start": self.start, "end": self.end, **condition}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = models.BaseConstraint.__hash__
