"""What no Django project has yet, beside what `design.support` knows: told before anything is written."""

from collections.abc import Iterator

from backsmith.design.model import Design
from backsmith.design.support import Support
from backsmith.design.support import unsupported as unsupported_of
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.report import in_order

SUPPORTS = frozenset({Support.DJANGO, Support.SQLITE, Support.POSTGRESQL})

TAKEN = frozenset(
    {
        *("adelete", "arefresh_from_db", "asave", "check", "clean", "clean_fields", "date_error_message", "delete"),
        *("from_db", "full_clean", "get_constraints", "get_deferred_fields", "objects", "pk", "prepare_database_save"),
        *("refresh_from_db", "save", "save_base", "serializable_value", "unique_error_message", "validate_constraints"),
        *("validate_unique",),
    }
)
"""Attributes that every model of Django already has."""


def unsupported(design: Design) -> tuple[Diagnostic, ...]:
    """All that the design asks for and that cannot be written."""
    return in_order((*unsupported_of(design, SUPPORTS), *_taken(design)))


def _taken(design: Design) -> Iterator[Diagnostic]:
    for entity in design.entities:
        for field in entity.fields:
            if field.name in TAKEN:
                message = f"this cannot be written yet: a field that is called `{field.name}`"
                hint = "call it otherwise: every model of Django has an attribute of this name"
                yield Diagnostic(code="unsupported", message=message, hint=hint, origin=field.origin)
