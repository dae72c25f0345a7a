"""Pages: what comes behind a row in an order, and where the next page begins."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from django.db.models import BooleanField, Q, Value
from django.http import HttpRequest

from apps.core import cursors
from apps.core.arithmetic import Calculated
from apps.core.caller import Caller
from apps.core.queries import Query
from apps.core.rows import encode
from apps.core.shown import Order, Rows

KINDS: Mapping[str, type] = {
    "BigAutoField": int,
    "BigIntegerField": int,
    "IntegerField": int,
    "ForeignKey": int,
    "FloatField": float,
    "DecimalField": Decimal,
    "BooleanField": bool,
    "DateField": date,
    "DateTimeField": datetime,
    "TimeField": time,
    "DurationField": timedelta,
    "UUIDField": UUID,
}
"""What a cursor's values are, by the kinds of the fields that they are of; all else is text."""


class Behind(Calculated):
    """Rows behind another, compared as a whole, `(price, id) < (%s, %s)`: an index serves it, where one for each column
    would not.
    """

    output_field = BooleanField()

    def __init__(self, columns: Sequence[Any], values: Sequence[Any], *, down: bool) -> None:
        super().__init__(*columns, *values)
        places = [f"{{{place}}}" for place in range(2 * len(columns))]
        left, right = ", ".join(places[: len(columns)]), ", ".join(places[len(columns) :])
        self.sqlite = self.postgresql = f"({left}) {'<' if down else '>'} ({right})"


def beyond(rows: Rows, order: Order, bounds: Sequence[Any]) -> Q:
    """The rows behind the one that is sorted by these values. Nulls are last in both directions."""
    if not any(rows.is_nullable(name) for name, _ in order) and len({down for _, down in order}) == 1:
        columns = [rows.expression(name) for name, _ in order]
        values = [Value(bound, rows.field(name)) for bound, (name, _) in zip(bounds, order, strict=True)]
        return Q(Behind(columns, values, down=order[0][1]))
    return _after(rows, order, bounds)


def _after(rows: Rows, order: Order, bounds: Sequence[Any]) -> Q:
    (name, down), bound = order[0], bounds[0]
    column = rows.fields[name]
    assert isinstance(column, str)
    rest = beyond(rows, order[1:], bounds[1:]) if len(order) > 1 else Q(pk__in=())
    if bound is None:
        return Q(**{f"{column}__isnull": True}) & rest
    found = Q(**{f"{column}__{'lt' if down else 'gt'}": bound}) | (Q(**{column: bound}) & rest)
    if rows.is_nullable(name):
        return found | Q(**{f"{column}__isnull": True})
    return Q(**{f"{column}__{'lte' if down else 'gte'}": bound}) & found  # the first half is what an index serves


def bond(rows: Rows, caller: Caller, query: Query) -> bytes:
    """What a cursor holds for: this list, as it was asked for, under this caller's rule."""
    return encode((rows.model._meta.db_table, query.asked, sorted(caller.roles), caller.id, caller.tenant))


def read_cursor(rows: Rows, caller: Caller, query: Query, order: Order) -> list[Any]:
    """The values in a cursor. Raises Invalid for one that was not given out for this list."""
    assert query.cursor is not None
    types = [KINDS.get(rows.field(name).get_internal_type(), str) for name, _ in order]
    return cursors.read(query.cursor, types, bond(rows, caller, query))


def next_link(request: HttpRequest, cursor: str) -> str:
    """The `Link` to the next page (RFC 8288)."""
    asked = parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True)
    kept = [pair for pair in asked if pair[0] not in ("cursor", "offset")]
    return f'<{quote(request.path)}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
