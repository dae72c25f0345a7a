"""What every project in Python says of itself."""

from collections.abc import Iterator

from backsmith.design import types
from backsmith.design.model import Design, Field, Rate

PERIODS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}
USUAL_RATE = "600/minute"


def rate_of(rate: Rate) -> str:
    """`100/minute`; a period that has no name is brought to the next smaller one that has."""
    period = max(seconds for seconds in PERIODS if rate.seconds % seconds == 0)
    return f"{max(rate.requests * period // rate.seconds, 1)}/{PERIODS[period]}"


def used_types(design: Design) -> Iterator[types.Type]:
    """The type of every field, of inputs, outputs and embedded values too."""
    for field in _fields(design):
        yield field.type
        if isinstance(field.type, types.Values):
            yield field.type.item


def _fields(design: Design) -> Iterator[Field]:
    for entity in design.entities:
        yield from entity.fields
        for move in entity.moves:
            yield from move.input
        for action in entity.actions:
            yield from (*action.input, *action.output)
    for embedded in design.embedded:
        yield from embedded.fields


def distribution(requirement: str) -> str:
    """The name of a package that is required: `sqlalchemy` of `sqlalchemy[asyncio]>=2.1`."""
    return requirement.partition(">=")[0].partition("[")[0]
