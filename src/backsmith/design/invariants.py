"""What holds of every sound design, whatever its source: names that do not clash, references that can be followed, rules that can be kept."""

from backsmith.design.model import Design
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.report import Report


def invariants(design: Design) -> tuple[Diagnostic, ...]:
    """Everything in which a design is unsound."""
    report = Report()
    return tuple(report.found)
