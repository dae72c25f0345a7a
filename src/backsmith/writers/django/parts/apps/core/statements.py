"""Queries that every request makes, compiled once: Django would do that anew each time, at ten times their cost."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Statement:
    """A query that one value makes another: `Statement(lambda id: User.objects.filter(pk=id).values_list("name"))`."""

    def __init__(self, query: Callable[[Any], "QuerySet[Any, Any]"], example: Any) -> None:
        self.query, self.example = query, example

    @cached_property
    def compiled(self) -> tuple[str, dict[int, Any]]:
        """The SQL, and what makes Python's values of the columns that need it."""
        compiler = self.query(self.example).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        assert list(params) == [self.example]
        columns: Any = [column for column, *_ in compiler.select or ()]
        return sql, compiler.get_converters(columns)

    def first(self, value: Any) -> tuple[Any, ...] | None:
        """The first row for this value, or None."""
        sql, converters = self.compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value])
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, (convert, expression) in converters.items():
            for each in convert:
                row[place] = each(row[place], expression, connection)
        return tuple(row)
