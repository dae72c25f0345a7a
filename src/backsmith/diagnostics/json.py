"""Diagnostics as JSON, for editors and other tools."""

import json
from collections.abc import Iterable

from backsmith.diagnostics.model import Diagnostic


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A list of objects: code, severity, message, hint; source, line, column and end (from 1, `end` after the last)."""
    return json.dumps([_value(each) for each in diagnostics], indent=2, ensure_ascii=False) + "\n"


def _value(diagnostic: Diagnostic) -> dict[str, object]:
    value: dict[str, object] = {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
    if diagnostic.origin:
        origin = diagnostic.origin
        value |= {"source": origin.source, "line": origin.line, "column": origin.column, "end": origin.end}
    return value
