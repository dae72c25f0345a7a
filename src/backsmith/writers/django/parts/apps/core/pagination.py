"""Pages: what comes behind a row in an order, and where the next page begins."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from django.db.models import BooleanField, Q, Value
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual
from django.http import HttpRequest

from apps.core import cursors
from apps.core.arithmetic import Calculated
from apps.core.caller import Caller
from apps.core.queries import Query
from apps.core.rows import Sort, encode
from apps.core.shown import Rows
from apps.core.statements import Given

KINDS: Mapping[str, type] = {
    "BigAutoField": int,
    "BigIntegerField": int,
    "IntegerField": int,
    "FloatField": float,
    "ExactDecimalField": Decimal,
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


def beyond(order: Sequence[Sort], bounds: Sequence[Any]) -> Q:
    """The rows behind the one that is sorted by these values. Nulls are last in both directions."""
    if not any(each.nullable for each in order) and len({each.down for each in order}) == 1:
        values = [_value(bound, each) for bound, each in zip(bounds, order, strict=True)]
        return Q(Behind([each.expression for each in order], values, down=order[0].down))
    return _after(order, bounds)


def _after(order: Sequence[Sort], bounds: Sequence[Any]) -> Q:
    first, bound = order[0], bounds[0]
    column, value = first.expression, _value(bound, first)
    rest = beyond(order[1:], bounds[1:]) if len(order) > 1 else Q(pk__in=())
    if bound is None:
        return Q(IsNull(column, True)) & rest
    found = Q((LessThan if first.down else GreaterThan)(column, value)) | Q(Exact(column, value)) & rest
    if first.nullable:
        return found | Q(IsNull(column, True))
    here = (LessThanOrEqual if first.down else GreaterThanOrEqual)(column, value)  # an index serves this half
    return Q(here) & found


def _value(bound: Any, sort: Sort) -> Any:
    return bound if isinstance(bound, Given) else Value(bound, sort.kind)


def bond(rows: Rows, caller: Caller, query: Query) -> bytes:
    """What a cursor holds for: this list, as it was asked for, under this caller's rule."""
    return encode((rows.model._meta.db_table, query.asked, sorted(caller.roles), caller.id, caller.tenant))


def read_cursor(rows: Rows, caller: Caller, query: Query, order: Sequence[Sort]) -> list[Any]:
    """The values in a cursor. Raises Invalid for one that was not given out for this list."""
    assert query.cursor is not None
    return cursors.read(query.cursor, [_type(each.kind) for each in order], bond(rows, caller, query))


def _type(kind: Any) -> type:
    return KINDS.get(kind.target_field.get_internal_type() if kind.is_relation else kind.get_internal_type(), str)


def next_link(request: HttpRequest, cursor: str) -> str:
    """The `Link` to the next page (RFC 8288)."""
    asked = parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True)
    kept = [pair for pair in asked if pair[0] not in ("cursor", "offset")]
    return f'<{quote(request.path)}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
