"""What no FastAPI project has yet, beside what `design.support` knows: told before anything is written."""

from collections.abc import Iterator

from backsmith.design.model import Design, Entity
from backsmith.design.support import Support
from backsmith.design.support import unsupported as unsupported_of
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import in_order
from backsmith.writers.fastapi import sqltext

SUPPORTS = frozenset({Support.FASTAPI, Support.SQLITE, Support.POSTGRESQL})


def unsupported(design: Design) -> tuple[Diagnostic, ...]:
    """All that the design asks for and that cannot be written."""
    return in_order((*unsupported_of(design, SUPPORTS), *_own(design)))


def _own(design: Design) -> Iterator[Diagnostic]:
    for entity in design.entities:
        yield from _of_overlaps(entity)


def _of_overlaps(entity: Entity) -> Iterator[Diagnostic]:
    for overlap in entity.no_overlap:
        if overlap.where is not None and sqltext.condition(entity, overlap.where) is None:
            hint = "compare plain columns with words, whole numbers or None"
            yield _unsupported("this condition of `no_overlap`", hint, overlap.origin)


def _unsupported(what: str, hint: str, origin: Origin | None) -> Diagnostic:
    message = f"this cannot be written yet: {what}"
    return Diagnostic(code="unsupported", message=message, hint=hint, origin=origin)
