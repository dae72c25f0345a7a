"""Python values as the Python that writes them."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backsmith.samples.rows import START
from backsmith.writers.python.code import Code, code, joined, name, quoted
from backsmith.writers.python.literals import constant

BEGIN = Code("START", name("tests.rows", "START").imports)
SPAN = name("datetime", "timedelta")


def written(value: Any) -> Code:
    """The value as source code: moments are counted from the `START` of the tests."""
    match value:
        case datetime():
            return _after(BEGIN, value - START)
        case date():
            return _after(code("{}.date()", BEGIN), value - START.date())
        case time():
            parts = [value.hour, value.minute, *([value.second] if value.second else [])]
            return code("{}({})", name("datetime", "time"), ", ".join(map(str, parts)))
        case UUID():
            return code("{}(int={})", name("uuid", "UUID"), value.int)
        case Decimal() | timedelta():
            return constant(value)
        case dict():
            items = (code("{}: {}", quoted(key), written(item)) for key, item in value.items())
            return _around("{", "}", joined(", ", items))
        case list() | tuple():
            return _around("[", "]", joined(", ", map(written, value)))
        case str() if len(value) > 40 and len(set(value)) == 1:
            return Code(f"{quoted(value[0])} * {len(value)}")
        case str():
            return Code(quoted(value))
        case _:
            return Code(repr(value))


def _after(start: Code, span: timedelta) -> Code:
    return code("{} + {}", start, constant(span)) if span else start


def _around(left: str, right: str, inner: Code) -> Code:
    return Code(f"{left}{inner.text}{right}", inner.imports)


def imported(form: str) -> Code:
    """Code over `n`, with what it imports."""
    known = {
        "START": BEGIN,
        "timedelta(": name("datetime", "timedelta"),
        "time(": name("datetime", "time"),
        "Decimal(": name("decimal", "Decimal"),
        "UUID(": name("uuid", "UUID"),
        "spelled(": name("tests.rows", "spelled"),
    }
    found = (code_ for word, code_ in known.items() if re.search(rf"\b{re.escape(word)}", form))
    return Code(form, frozenset[Any]().union(*(code_.imports for code_ in found)))
