"""Reads the expressions of the language, a checked subset of Python: text in, typed nodes or diagnostics out."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from backsmith.design import expressions as e
from backsmith.design.effects import read_effect
from backsmith.design.model import Access, Design, Effect, Entity, Field
from backsmith.design.naming import CONSTANTS
from backsmith.design.paths import dotted_names
from backsmith.design.resolve import Resolver
from backsmith.design.scope import Scope, Use, find_entity
from backsmith.design.syntax import parse_expression
from backsmith.design.types import Enum
from backsmith.design.values import stored
from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report

__all__ = ["Checked", "Use", "condition", "effect", "expression", "literal", "value"]

_NOBODY = Access(read=e.Anyone(), create=e.Anyone(), update=e.Anyone(), delete=e.Anyone())
_NOWHERE = Design(name="", entities=(Entity(name="Nothing", fields=(), access=_NOBODY, plural=""),))
"""Where constants are read: nothing has a name there."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Generic[T_co]):
    """What was read, or None with the mistakes; None alone where a mistake that is told elsewhere stands in the way."""

    value: T_co | None
    diagnostics: tuple[Diagnostic, ...] = ()


def expression(text: str | Passage, design: Design, entity: str, use: Use) -> Checked[e.Expr]:
    """Any expression about a row of this entity."""
    return _read(text, design, entity, use, lambda resolver, node: resolver.expr(node))


def condition(text: str | Passage, design: Design, entity: str, use: Use) -> Checked[e.Expr]:
    """An expression that is true or false: a rule, a check."""
    return _read(text, design, entity, use, lambda resolver, node: resolver.condition(node))


def value(text: str | Passage, design: Design, entity: str, field: Field, use: Use) -> Checked[e.Expr]:
    """What a field holds: its default, what is stored at creation, what it is computed from.

    A bare word of the field's enum is that word.
    """
    passage = _passage(text).stripped()
    if isinstance(field.type, Enum) and passage.text in field.type.words:
        return Checked(value=e.Literal(value=passage.text, type=field.type, origin=passage.origin))
    return _read(passage, design, entity, use, lambda resolver, node: _stored(resolver, node, field))


def effect(text: str | Passage, design: Design, entity: str, input: tuple[Field, ...] = ()) -> Checked[Effect]:
    """An effect on a row of this entity, or on rows that it leads to."""
    report = Report()
    at = find_entity(design, entity)
    assert at is not None
    found = read_effect(_passage(text), Scope(design=design, entity=at, use=Use.EFFECT, input=input), report)
    return Checked(value=found, diagnostics=tuple(report.found))


def literal(text: str | Passage) -> Checked[e.Literal]:
    """A constant."""
    report = Report()
    node = parse_expression(_passage(text), report)
    if node is not None and dotted_names(node) and not _is_constant(node):
        report.error(
            "not-a-constant", "this is no constant", _passage(text).origin, "write a number, or text in quotes"
        )
    if report.found:
        return Checked(value=None, diagnostics=tuple(report.found))
    read = _read(text, _NOWHERE, "Nothing", Use.CHECK, lambda resolver, node: resolver.expr(node))
    if read.value is None or isinstance(read.value, e.Literal):
        return Checked(value=read.value, diagnostics=read.diagnostics)
    report.error(
        "not-a-constant", "this is worked out, and no constant", _passage(text).origin, "write what it comes to"
    )
    return Checked(value=None, diagnostics=tuple(report.found))


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.lower() in CONSTANTS


Reading = Callable[[Resolver, ast.expr], e.Expr | None]


def _read(text: str | Passage, design: Design, entity: str, use: Use, reading: Reading) -> Checked[e.Expr]:
    passage, report = _passage(text), Report()
    at = find_entity(design, entity)
    assert at is not None
    node = parse_expression(passage, report)
    try:
        resolver = Resolver(Scope(design=design, entity=at, use=use), passage, report)
        found = None if node is None else reading(resolver, node)
    except RecursionError:
        report.error("syntax", "this expression is too deep", passage.origin, "make it simpler")
        found = None
    return Checked(value=found, diagnostics=tuple(report.found))


def _passage(text: str | Passage) -> Passage:
    return text if isinstance(text, Passage) else Passage(text=text)


def _stored(resolver: Resolver, node: ast.expr, field: Field) -> e.Expr | None:
    found = resolver.expr(node)
    if found is None:
        return None
    worth = stored(found, field)
    if isinstance(worth, e.Expr):
        return worth
    code, message, hint = worth
    return resolver.wrong(node, code, message, hint)
