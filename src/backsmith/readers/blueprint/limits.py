"""The bounds of a field, and its regex."""

import re

from backsmith.design import types as t
from backsmith.design.check import literal
from backsmith.design.expressions import Comparison, Literal
from backsmith.design.model import Bound
from backsmith.design.operations import NUMBERS, named
from backsmith.design.scope import BROKEN
from backsmith.design.values import constant
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.line import Line


def read_bounds(line: Line, kind: t.Type, report: Report) -> tuple[Bound, ...]:
    """`>= 0 < 100`, on numbers."""
    if kind == BROKEN:
        return ()
    if line.bounds and not isinstance(kind, NUMBERS):
        operator, passage = line.bounds[0]
        report.error(
            "wrong-bound", f"{named(kind)} cannot be bounded by `{operator}`", passage.origin, _bound_hint(kind)
        )
        return ()
    found = [_bound(operator, passage, kind, report) for operator, passage in line.bounds]
    return tuple(bound for bound in found if bound is not None)


def _bound_hint(kind: t.Type) -> str:
    if isinstance(kind, t.Text):
        return "the length of text is bounded by `str(N)`, its form by `~ /^.{3,}$/`"
    if isinstance(kind, (t.Date, t.DateTime, t.Time, t.Duration)):
        return "say it in `checks`, between fields of the row"
    return "bounds are for numbers"


def _bound(operator: str, passage: Passage, kind: t.Type, report: Report) -> Bound | None:
    read = literal(passage)
    report.extend(read.diagnostics)
    if read.value is None:
        return None
    found = constant(read.value, kind)
    if isinstance(found, Literal):
        return Bound(operator=Comparison(operator), value=found)
    code, message, hint = found
    report.error("wrong-bound" if code == "wrong-type" else code, message, passage.origin, hint)
    return None


def read_pattern(line: Line, kind: t.Type, report: Report) -> str | None:
    """`~ /^[a-z]+$/`, on text."""
    if line.pattern is None or kind == BROKEN:
        return None
    if not isinstance(kind, t.Text):
        report.error(
            "wrong-pattern", f"{named(kind)} has a form of its own", line.pattern.origin, "a regex is for str and text"
        )
        return None
    pattern = line.pattern.text.replace("\\/", "/")
    problem = pattern_problem(pattern)
    if problem:
        report.error("wrong-pattern", problem, line.pattern.origin, "the regex is searched for; anchor it with ^ and $")
        return None
    return pattern


def pattern_problem(pattern: str) -> str:
    """What is wrong with a regex; nothing where every engine in use can run it."""
    if re.search(r"(?<!\\)\(\?(=|!|<=|<!|P=|>)|(?<!\\)\\[1-9]", pattern):
        return "look-around and back-references are not in every engine"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"this regex does not compile: {error}"
    return ""
