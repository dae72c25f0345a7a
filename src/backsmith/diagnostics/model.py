"""One value for every mistake that a user can make."""

from dataclasses import dataclass
from enum import StrEnum

from backsmith.diagnostics.origin import Origin


class Severity(StrEnum):
    ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A mistake: `code` is stable (`unknown-type`), `message` says what is wrong, `hint` what to type."""

    code: str
    message: str
    hint: str = ""
    origin: Origin | None = None
    severity: Severity = Severity.ERROR
