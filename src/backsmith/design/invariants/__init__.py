"""What holds of every sound design, whatever its source. Each invariant is a function from a design to what breaks it.

A field whose type is `BROKEN` could not be read; that has been told, and no invariant speaks of it again.
"""

from collections.abc import Callable, Iterator

from backsmith.design.invariants.constraints import constraints
from backsmith.design.invariants.expressions import expressions
from backsmith.design.invariants.fields import fields
from backsmith.design.invariants.moves import moves
from backsmith.design.invariants.names import names
from backsmith.design.invariants.references import references
from backsmith.design.invariants.rules import rules
from backsmith.design.model import Design
from backsmith.diagnostics.model import Diagnostic

Invariant = Callable[[Design], Iterator[Diagnostic]]

INVARIANTS: tuple[Invariant, ...] = (names, fields, references, expressions, rules, constraints, moves)
"""In the order in which they are told."""


def invariants(design: Design) -> tuple[Diagnostic, ...]:
    """Everything in which a design is unsound."""
    return tuple(diagnostic for invariant in INVARIANTS for diagnostic in invariant(design))
