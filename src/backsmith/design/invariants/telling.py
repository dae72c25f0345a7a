"""Diagnostics about parts of a design, at the most exact place that is known."""

from backsmith.design.model import Design, Entity, Field
from backsmith.diagnostics.model import Diagnostic, Severity
from backsmith.diagnostics.origin import Origin


def place(design: Design, *steps: str) -> Origin | None:
    """Where a single word stands: `place(design, "Order", "note", "search")`."""
    return design.places.get(".".join(steps))


def of_entity(design: Design, entity: Entity, part: str = "") -> Origin | None:
    """Where an entity, or a key of it, stands."""
    return place(design, entity.name, part) or entity.origin


def of_field(design: Design, entity: Entity, field: Field, part: str = "") -> Origin | None:
    """Where a field, or a modifier of it, stands."""
    return place(design, entity.name, field.name, part) or field.origin


def wrong(code: str, message: str, origin: Origin | None, hint: str = "") -> Diagnostic:
    """A mistake."""
    return Diagnostic(code=code, message=message, hint=hint, origin=origin)


def doubtful(code: str, message: str, origin: Origin | None, hint: str = "") -> Diagnostic:
    """A doubt: the design can still be written."""
    return Diagnostic(code=code, message=message, hint=hint, origin=origin, severity=Severity.WARNING)
