"""Queries compiled once: Django would do that anew for each request, at ten times their cost."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, IntegerField, QuerySet

Values = Mapping[str, Any]


class Given(Expression):
    """A value that is known when its statement runs. many: values, which stand between brackets."""

    def __init__(self, name: str, output_field: Any, *, many: bool = False) -> None:
        super().__init__(output_field)
        self.name, self.many = name, many

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def bound(self, values: Values) -> list[Any]:
        """What the database is given for it."""
        given = values[self.name] if self.many else (values[self.name],)
        return [self.output_field.get_db_prep_value(each, connection) for each in given]


COUNTED = "SELECT COUNT(*) FROM ({}) counted"
LIMIT, OFFSET = Given("limit", IntegerField()), Given("offset", IntegerField())


class Statement:
    """A query, of which `Given` says what makes it another each time.

    paged: `limit` and `offset` are given too; counted: its rows are counted.
    """

    def __init__(self, found: "QuerySet[Any, Any]", *, paged: bool = False, counted: bool = False) -> None:
        self.found: QuerySet[Any, Any] | None = found
        self.paged, self.counted = paged, counted
        self.sql, self.parameters, self.converters = "", list[Any](), dict[int, Any]()

    def rows(self, values: Values) -> Sequence[Sequence[Any]]:
        """The rows for these values."""
        self._compile()
        if not self.sql:
            return ()
        with connection.cursor() as cursor:
            cursor.execute(*self._bound(values))
            rows = cursor.fetchall()
        return [self._converted(row) for row in rows] if self.converters else rows

    def first(self, **values: Any) -> Sequence[Any] | None:
        """The first row for these values, or None."""
        return next(iter(self.rows(values)), None)

    def _compile(self) -> None:
        if (found := self.found) is None:
            return
        compiler = found.query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            sql, parameters = "", []
        if sql and self.paged:
            sql, parameters = f"{sql} LIMIT %s OFFSET %s", [*parameters, LIMIT, OFFSET]
        columns: Any = [] if self.counted else [column for column, *_ in compiler.select or ()]
        self.parameters, self.converters = list(parameters), compiler.get_converters(columns)
        self.sql = COUNTED.format(sql) if sql and self.counted else sql
        self.found = None  # last: another thread may be here

    def _bound(self, values: Values) -> tuple[str, list[Any]]:
        bound = [each.bound(values) if isinstance(each, Given) else [each] for each in self.parameters]
        sql = self.sql
        if any(isinstance(each, Given) and each.many for each in self.parameters):
            pieces = re.split(r"(?<!%)%s", sql)
            marks = (", ".join(["%s"] * len(each)) for each in bound)
            sql = "".join(part for pair in zip(pieces, (*marks, ""), strict=True) for part in pair)
        return sql, [value for each in bound for value in each]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, (convert, expression) in self.converters.items():
            for each in convert:
                values[place] = each(values[place], expression, connection)
        return values
