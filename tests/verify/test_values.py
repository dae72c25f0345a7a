"""Values between Python and JSON, and back."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backsmith.design import types
from backsmith.verify.values import from_json, read_span, span, to_json

ONES: list[tuple[types.Type, Any, Any]] = [
    (types.Text(), "Straße", "Straße"),
    (types.Int(), 7, 7),
    (types.Decimal(precision=12, scale=2), Decimal("7.50"), "7.50"),
    (types.Float(), 1.5, 1.5),
    (types.Bool(), True, True),
    (types.Date(), date(2024, 2, 29), "2024-02-29"),
    (types.Time(), time(8, 30), "08:30:00"),
    (types.DateTime(), datetime(2024, 2, 29, 8, 30, tzinfo=UTC), "2024-02-29T08:30:00Z"),
    (types.Duration(), timedelta(days=2, seconds=1.5), "P2DT1.5S"),
    (types.Uuid(), UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    (types.Values(item=types.Date()), [date(2024, 1, 1)], ["2024-01-01"]),
    (types.Text(), None, None),
]


@pytest.mark.parametrize(("type_", "value", "json"), ONES, ids=lambda each: type(each).__name__)
def test_there_and_back(type_: types.Type, value: Any, json: Any) -> None:
    assert to_json(value) == json
    found = from_json(type_, json)
    assert found == value and type(found) is type(value)


def test_moments_are_sent_in_utc() -> None:
    moment = datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert to_json(moment) == "2023-12-31T23:00:00Z"


@pytest.mark.parametrize(
    "value", [timedelta(), timedelta(minutes=15), timedelta(days=-1, hours=5), timedelta(microseconds=1)]
)
def test_spans(value: timedelta) -> None:
    assert read_span(span(value)) == value


@pytest.mark.parametrize("text", ["", "1", "P1Y", "PT1H1H", "1D"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError):
        read_span(text)
