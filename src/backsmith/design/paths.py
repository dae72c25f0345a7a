"""Dotted names, followed from field to field."""

import ast
from dataclasses import dataclass

from backsmith.design.model import Design, Entity, Field
from backsmith.design.operations import named
from backsmith.design.scope import BROKEN, field_names, find_entity, find_field, is_broken, leads_to_many, target_of
from backsmith.design.types import Ref
from backsmith.diagnostics.report import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The fields on the way, as far as the names go.

    `problem` says where they go astray: index of the name, code, message, hint. It is None in a walk that is `broken`
    because of a mistake told elsewhere.
    """

    fields: tuple[Field, ...]
    problem: tuple[int, str, str, str] | None = None
    broken: bool = False

    @property
    def good(self) -> bool:
        """Whether every name was found."""
        return self.problem is None and not self.broken

    @property
    def many(self) -> int:
        """How many steps lead up to, and include, the last that leads to many; 0 where none does."""
        steps = [index for index, field in enumerate(self.fields, 1) if leads_to_many(field.type)]
        return steps[-1] if steps else 0

    @property
    def may_be_null(self) -> bool:
        """Whether a step may be missing."""
        return any(field.optional for field in self.fields)


def walk(design: Design, entity: Entity, names: list[str]) -> Walk:
    """Follow the names from a row of this entity."""
    fields: list[Field] = []
    at: Entity | None = entity
    for index, name in enumerate(names):
        if at is None:
            return Walk(fields=tuple(fields), problem=_no_entity(index, names, fields[-1]))
        field = find_field(at, name)
        if field is None and is_broken(at):
            return Walk(fields=tuple(fields), broken=True)
        if field is None:
            return Walk(fields=tuple(fields), problem=_unknown(index, name, at))
        if field.type == BROKEN:
            return Walk(fields=tuple(fields), broken=True)
        fields.append(field)
        target = target_of(field.type)
        at = find_entity(design, target) if target else None
        if target and at is None:
            return Walk(fields=tuple(fields), broken=True)
    return Walk(fields=tuple(fields))


def _unknown(index: int, name: str, at: Entity) -> tuple[int, str, str, str]:
    known = field_names(at)
    hint = did_you_mean(name, known, f"its fields are {', '.join(known[:12])}")
    return index, "unknown-name", f"{at.name} has no field `{name}`", hint


def _no_entity(index: int, names: list[str], last: Field) -> tuple[int, str, str, str]:
    if isinstance(last.type, Ref):
        return (
            index,
            "several-targets",
            f"`{names[index - 1]}` refers to one of several entities",
            "compare it as a whole",
        )
    message = f"`{names[index - 1]}` is {named(last.type)} and has no field `{names[index]}`"
    return index, "no-fields", message, "a path goes on only through references"


def dotted(node: ast.expr) -> list[str] | None:
    """The names of `a.b.c`, or None where the node is something else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None


def dotted_names(node: ast.expr) -> list[list[str]]:
    """Every dotted name inside a node, each at its full length, in the order of writing; no names of functions."""
    whole = dotted(node)
    if whole is not None:
        return [whole]
    inside = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    children = [child for child in inside if isinstance(child, ast.expr)]
    return [name for child in children for name in dotted_names(child)]
