"""Queries that every request makes, compiled once: Django would do that anew each time, at ten times their cost."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement: its SQL and parameters, at which place of these the value stands, and what makes Python's values."""

    sql: str
    params: tuple[Any, ...]
    place: int
    converters: dict[int, Any]


class Statement:
    """A query that one value makes another: `Statement(lambda id: User.objects.filter(pk=id).values_list("name"))`.

    example: a value that the query has nowhere else.
    """

    def __init__(self, query: Callable[[Any], "QuerySet[Any, Any]"], example: Any) -> None:
        self.query, self.example = query, example

    @cached_property
    def compiled(self) -> Compiled:
        compiler = self.query(self.example).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        (place,) = (place for place, param in enumerate(params) if repr(param) == repr(self.example))
        columns: Any = [column for column, *_ in compiler.select or ()]
        return Compiled(sql, tuple(params), place, compiler.get_converters(columns))

    def first(self, value: Any) -> tuple[Any, ...] | None:
        """The first row for this value, or None."""
        statement = self.compiled
        before, after = statement.params[: statement.place], statement.params[statement.place + 1 :]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, [*before, value, *after])
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, (convert, expression) in statement.converters.items():
            for each in convert:
                row[place] = each(row[place], expression, connection)
        return tuple(row)
