"""Rules: who may do what with the rows of an entity, as functions that answer a condition."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import And, Anyone, Expr, Not, Or, Role, SignedIn
from backsmith.design.facts import alternatives, denied_to_strangers
from backsmith.design.fields import is_narrowed
from backsmith.design.model import Design, Entity
from backsmith.design.text import text
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.expressions import EXISTS, GRANTED, TRUE, Compiler, Root
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python.code import Code, Import, call, code, joined, name, quoted

ACTIONS = ("read", "create", "update", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that answers one expression: lines, and then what it returns."""

    name: str
    doc: str
    lines: tuple[Code, ...]
    returns: Code
    for_roles: bool = True
    """Whether it depends on the caller's roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage(Page):
    template: ClassVar[str] = "app/policies/entity.py.j2"

    phrases: str
    row: str
    model: Code
    rules: tuple[Function, ...]
    same: tuple[str, ...]
    """`update = delete = create`: rules that are the same as one before."""


def policy_page(design: Design, entity: Entity) -> PolicyPage:
    """The module of an entity's rules."""
    rules, same = _distinct(rules_of(design, entity))
    return PolicyPage(
        phrases=names.phrases(entity), row=names.variable(entity), model=names.model(entity), rules=rules, same=same
    )


def rules_of(design: Design, entity: Entity) -> tuple[Function, ...]:
    """Every rule, those of the four actions first."""
    live = () if entity.trash is None else (_live(design, entity),)
    access = entity.access
    if entity.whole is not None:
        own = (rule(design, entity, "narrow", access.read),) if is_narrowed(design, entity) else ()
        return (*live, *own, _through_whole(design, entity), *_of_fields(design, entity))
    return (
        *live,
        *(rule(design, entity, action, getattr(access, action)) for action in ACTIONS),
        *(rule(design, entity, move.name, move.by) for move in entity.moves),
        *(rule(design, entity, action.name, action.by) for action in entity.actions),
        *_of_fields(design, entity),
    )


def _of_fields(design: Design, entity: Entity) -> tuple[Function, ...]:
    found = []
    for narrowed in entity.access.fields:
        if narrowed.read is not None:
            found.append(rule(design, entity, f"read_{narrowed.field}", narrowed.read))
        if narrowed.write is not None:
            found.append(rule(design, entity, f"write_{narrowed.field}", narrowed.write))
    return tuple(found)


def rule(design: Design, entity: Entity, called: str, expr: Expr) -> Function:
    """The rule as a function: what roles alone decide comes first, and admins may do everything."""
    compiler = Compiler(design, Root(entity))
    lines, returns = _decided(compiler, expr, entity.scope)
    return Function(name=called, doc=text(expr), lines=lines, returns=returns)


def _decided(compiler: Compiler, expr: Expr, scope: Expr | None) -> tuple[tuple[Code, ...], Code]:
    options = alternatives(expr)
    roles = ["admin", *(option.name for option in options if isinstance(option, Role) and option.name != "admin")]
    others = tuple(option for option in options if not isinstance(option, Role))
    if scope is None and any(isinstance(option, Anyone) for option in others):
        return (), call(TRUE)
    if scope is not None:
        return _within_scope(compiler, expr, scope)
    if not others:
        return (), call(GRANTED, "roles", *map(quoted, roles))
    if all(isinstance(option, SignedIn) for option in others):
        return (), call(GRANTED, "roles", '"signed_in"')
    condition = compiler.condition(Or(operands=others) if len(others) > 1 else others[0])
    if len(others) == 1 and not compiler.lines:
        return (), call(name("sqlalchemy", "or_"), call(GRANTED, "roles", *map(quoted, roles)), condition)
    return (_guard(roles), *compiler.lines), condition


def _within_scope(compiler: Compiler, expr: Expr, scope: Expr) -> tuple[tuple[Code, ...], Code]:
    options = [option for option in alternatives(expr) if option != Role(name="admin")]
    if not options:
        return (), call(GRANTED, "roles", '"admin"')
    if any(isinstance(option, Anyone) for option in options):
        both: Expr = scope
    else:
        both = And(operands=(Or(operands=tuple(options)) if len(options) > 1 else options[0], scope))
    if not denied_to_strangers(both):  # who belongs to no tenant is told to sign in
        both = And(operands=(SignedIn(), *(both.operands if isinstance(both, And) else (both,))))
    condition = compiler.condition(both)
    return (_guard(["admin"]), *compiler.lines), condition


def _guard(roles: list[str]) -> Code:
    words = ", ".join(map(quoted, roles))
    test = f"{words} in roles" if len(roles) == 1 else f"roles & {{{words}}}"
    return code("if {}:\n        return {}()", test, TRUE)


def _live(design: Design, entity: Entity) -> Function:
    assert entity.trash is not None
    compiler = Compiler(design, Root(entity))
    condition = compiler.condition(Not(operand=entity.trash))
    return Function(name="live", doc="not deleted", lines=tuple(compiler.lines), returns=condition, for_roles=False)


def _through_whole(design: Design, entity: Entity) -> Function:
    """A part is read by whoever may read its whole."""
    assert entity.whole is not None
    reference = entity.field(entity.whole)
    assert isinstance(reference.type, types.Ref)
    whole = design.entity(reference.type.target)
    module, variable = names.module(whole), names.variable(whole)
    policy = Code(f"{module}_policy", frozenset({Import("app.policies", module, f"{module}_policy")}))
    aliased = code("{} = {}({})", variable, name("sqlalchemy.orm", "aliased"), names.model(whole))
    conditions = [
        code("{}.id == {}.{}", variable, names.variable(entity), names.column(reference)),
        code("{}.read(roles, {})", policy, variable),
    ]
    if whole.trash is not None:
        conditions.append(code("{}.live({})", policy, variable))
    readable = code("{}.where({})", call(EXISTS), joined(", ", conditions))
    doc = f"whoever may read the {names.phrase(whole)}"
    if is_narrowed(design, entity):
        own = Code(f"narrow(roles, {names.variable(entity)})")
        readable, doc = call(name("sqlalchemy", "and_"), own, readable), f"{text(entity.access.read)}; and {doc}"
    return Function(name="read", doc=doc, lines=(aliased,), returns=readable)


def _distinct(rules: tuple[Function, ...]) -> tuple[tuple[Function, ...], tuple[str, ...]]:
    """The rules that differ, and one line for each set of those of the four actions that do not."""
    first: dict[tuple[str, tuple[str, ...], str], str] = {}
    same: dict[str, list[str]] = {}
    kept = []
    for found in rules:
        key = (found.doc, tuple(line.text for line in found.lines), found.returns.text)
        if found.name in ACTIONS and key in first:
            same.setdefault(first[key], []).append(found.name)
        else:
            kept.append(found)
            if found.name in ACTIONS:
                first[key] = found.name
    return tuple(kept), tuple(" = ".join((*others, one)) for one, others in same.items())
