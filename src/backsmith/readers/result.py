"""What every reader answers."""

from dataclasses import dataclass

from backsmith.design.model import Design
from backsmith.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """The design, or None where the source holds mistakes; and everything found, in the order of its places."""

    design: Design | None
    diagnostics: tuple[Diagnostic, ...] = ()
