"""Conditions that both databases test alike."""

import json
from typing import Any

from django.db.models import BooleanField, Func, Value


class Condition(Func):
    """A function whose value is true or false."""

    output_field = BooleanField()
    conditional = True


class Contains(Condition):
    """The second text stands somewhere in the first, whatever the case of either."""

    arity = 2

    def __init__(self, text: Any, part: Any) -> None:
        super().__init__(text, part if hasattr(part, "resolve_expression") else Value(part))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="instr(casefold(%(expressions)s)) > 0", arg_joiner="), casefold("
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        fold = 'COLLATE "pg_unicode_fast"'
        template, joiner = f"strpos(casefold(%(expressions)s {fold})) > 0", f" {fold}), casefold("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner)


class Holds(Condition):
    """The value is an item of the list, which is stored as a document."""

    arity = 2

    def __init__(self, items: Any, value: Any) -> None:
        super().__init__(items, value if hasattr(value, "resolve_expression") else Value(value))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template, joiner = "EXISTS (SELECT 1 FROM json_each(%(expressions)s)", ") WHERE value = "
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        items, value = self.get_source_expressions()
        clone = self.copy()
        clone.set_source_expressions([items, Value(json.dumps(value.value))])
        return clone.as_sql(compiler, connection, template="%(expressions)s::jsonb", arg_joiner=" @> ")
