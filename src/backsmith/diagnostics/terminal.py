"""Diagnostics as text: place, message, the line with a caret under what is meant, and what to type instead.

Colour is the door's business: it asks for `segments`, everybody else for `render`.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from unicodedata import category, east_asian_width

from backsmith.diagnostics.model import Diagnostic, Severity
from backsmith.diagnostics.origin import Origin

WIDEST = 140
"""Columns of a source line that are shown; a longer one is cut around what is meant."""


class Part(StrEnum):
    """What a piece of text is, for whoever colours it."""

    PLACE, ERROR, WARNING, NOTE, MESSAGE, MARGIN, SOURCE, CARET, HINT = (
        "place", "error", "warning", "note", "message", "margin", "source", "caret", "hint",
    )  # fmt: skip


Segment = tuple[Part, str]

_SEVERITIES = {Severity.ERROR: Part.ERROR, Severity.WARNING: Part.WARNING, Severity.NOTE: Part.NOTE}


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """All of them as plain text; `sources` holds the text of each source by its name."""
    return "\n".join("".join(text for _, text in segments(each, sources)) for each in diagnostics)


def segments(diagnostic: Diagnostic, sources: Mapping[str, str]) -> Iterator[Segment]:
    """One diagnostic in pieces, line breaks among them; ends with a line break."""
    origin = diagnostic.origin
    if origin:
        yield Part.PLACE, f"{origin.source}:{origin.line}:{origin.column}: "
    yield _SEVERITIES[diagnostic.severity], f"{diagnostic.severity}[{diagnostic.code}]"
    yield Part.MESSAGE, f": {diagnostic.message}\n"
    margin = len(str(origin.line)) if origin else 1
    line = _line(origin, sources) if origin else None
    if origin and line is not None:
        yield from _excerpt(origin, line, margin)
    if diagnostic.hint:
        yield Part.MARGIN, " " * margin + " = "
        yield Part.HINT, f"{diagnostic.hint}\n"


def _line(origin: Origin, sources: Mapping[str, str]) -> str | None:
    lines = sources.get(origin.source, "").removeprefix("\ufeff").split("\n")
    return lines[origin.line - 1].rstrip("\r") if 0 < origin.line <= len(lines) else None


def _excerpt(origin: Origin, line: str, margin: int) -> Iterator[Segment]:
    start = min(origin.column - 1, len(line))
    end = max(start + 1, min((origin.end or origin.column + 1) - 1, len(line)))
    first, line = _window(line, start)
    before, meant = line[: start - first], line[start - first : end - first] or " "
    yield Part.MARGIN, f"{origin.line} | "
    yield Part.SOURCE, f"{_printable(line)}\n"
    yield Part.MARGIN, " " * margin + " | "
    yield Part.CARET, _blank(before) + "^" * max(1, sum(map(_width, meant))) + "\n"


def _window(line: str, start: int) -> tuple[int, str]:
    """The index of the first character that is shown, and what is shown."""
    if len(line) <= WIDEST:
        return 0, line
    first = max(0, min(start - WIDEST // 3, len(line) - WIDEST))
    return first, line[first : first + WIDEST]


def _printable(line: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if _unprintable(c) else c for c in line)


def _unprintable(character: str) -> bool:
    return character != "\t" and category(character) in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp")


def _blank(text: str) -> str:
    return "".join("\t" if character == "\t" else " " * _width(character) for character in text)


def _width(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [each.severity for each in diagnostics]
    counts = [(severity, severities.count(severity)) for severity in Severity]
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts if count)
