"""Constants of the language in Python."""

from datetime import timedelta
from decimal import Decimal

from backsmith.design import types
from backsmith.writers.python.code import Code, call, code, literal, name


def constant(value: object) -> Code:
    """A constant of the language in Python."""
    match value:
        case Decimal():
            return code('{}("{}")', name("decimal", "Decimal"), str(value))
        case timedelta():
            return call(name("datetime", "timedelta"), *_span(value))
        case _:
            return literal(value)


def limit(type_: types.Type, value: object) -> Code:
    """A bound as messages tell it: of decimals a whole number, or one with all the places of the type."""
    if not isinstance(type_, types.Decimal):
        return constant(value)
    exact = Decimal(str(value))
    return constant(int(exact) if exact == int(exact) else exact.quantize(Decimal(1).scaleb(-type_.scale)))


def _span(value: timedelta) -> list[str]:
    parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    if value.seconds and value.seconds % 3600 == 0 and not value.microseconds:
        parts = {"days": value.days, "hours": value.seconds // 3600}
    elif value.seconds and value.seconds % 60 == 0 and not value.microseconds:
        parts = {"days": value.days, "minutes": value.seconds // 60}
    return [f"{unit}={amount}" for unit, amount in parts.items() if amount] or ["0"]
