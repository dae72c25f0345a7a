"""Values between Python and JSON, by the types of a design."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backsmith.design import types

SPAN = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>[\d.]+)D)?(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)


def to_json(value: Any) -> Any:
    """A value as a body holds it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return span(value)
        case Decimal() | UUID():
            return str(value)
        case dict():
            return {name: to_json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [to_json(inner) for inner in value]
    return value


def span(value: timedelta) -> str:
    """A length of time in ISO 8601."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    seconds = Decimal(value.seconds) + Decimal(value.microseconds) / 1_000_000
    return f"{sign}P{value.days}DT{seconds.normalize():f}S"


def from_json(type_: types.Type, value: Any) -> Any:
    """A value of an answer as Python has it. ValueError where it is not written as the type is."""
    if value is None:
        return None
    match type_:
        case types.Decimal():
            return Decimal(value)
        case types.DateTime():
            return datetime.fromisoformat(value)
        case types.Date():
            return date.fromisoformat(value)
        case types.Time():
            return time.fromisoformat(value)
        case types.Duration():
            return read_span(value)
        case types.Uuid():
            return UUID(value)
        case types.Float():
            return float(value)
        case types.Values(item=item):
            return [from_json(item, inner) for inner in value]
    return value


def read_span(text: str) -> timedelta:
    """A length of time of days and less, from ISO 8601. ValueError for anything else."""
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    parts = {unit: Decimal(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    seconds = parts["days"] * 86400 + parts["hours"] * 3600 + parts["minutes"] * 60 + parts["seconds"]
    whole = timedelta(microseconds=int(seconds * 1_000_000))
    return -whole if found["sign"] else whole
