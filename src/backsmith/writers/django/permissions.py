"""Rules: who may do what with the rows of an entity, as functions from the caller to a Q."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import And, Anyone, Expr, Literal, Not, Or, Role, SignedIn
from backsmith.design.facts import denied_to_strangers
from backsmith.design.fields import tenant_field
from backsmith.design.model import Design, Entity
from backsmith.design.text import text
from backsmith.writers.django import names
from backsmith.writers.django.expressions import EVERY, GRANTED, Compiler, Q
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, call, code, name, quoted

NOTHING = Code("")
ACTIONS = ("read", "create", "update", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that answers one condition: a guard, perhaps, and then what it returns."""

    name: str
    doc: str
    returns: Code
    guard: Code = NOTHING
    """What decides at once in favour of who asks."""
    for_caller: bool = True
    """Whether it depends on who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionsPage(Page):
    template: ClassVar[str] = "apps/permissions.py.j2"

    phrases: str
    rules: tuple[Function, ...]
    same: tuple[str, ...]
    """`update = delete = create`: rules that are the same as one before."""
    used: tuple[Code, ...]


def permissions_page(design: Design, label: str) -> PermissionsPage:
    """The rules of an app."""
    entities = names.apps(design)[label]
    found = [_distinct(design, entity) for entity in entities]
    rules = tuple(rule for kept, _ in found for rule in kept)
    same = tuple(line for _, lines in found for line in lines)
    used = [Q, *([name("apps.core.caller", "Caller")] if any(rule.for_caller for rule in rules) else [])]
    return PermissionsPage(phrases=names.phrases(entities[0]), rules=rules, same=same, used=tuple(used))


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
        *(_of_accounts(entity) if entity.name == "User" else ()),
    )


def _of_fields(design: Design, entity: Entity) -> tuple[Function, ...]:
    found = []
    for narrowed in entity.access.fields:
        if narrowed.read is not None:
            found.append(rule(design, entity, f"read_{narrowed.field}", narrowed.read))
        if narrowed.write is not None:
            found.append(rule(design, entity, f"write_{narrowed.field}", narrowed.write))
    return tuple(found)


def _of_accounts(user: Entity) -> tuple[Function, ...]:
    """What holds of accounts, whatever the design says of them."""
    own = call(name("apps.core.caller", "is_caller"), "caller", '"id"')
    opened = any(option != Role(name="admin") for option in alternatives(user.access.read))
    manage = Function(name="manage", doc="admin, or one's own", guard=_guard(["admin"]), returns=own)
    meet = "whoever may read a row that names the account: its id and its name"
    return (
        *((manage,) if opened else ()),
        Function(name="meet", doc=meet, returns=EVERY),
        Function(name="own", doc="one's own", returns=own),
    )


def rule(design: Design, entity: Entity, called: str, expr: Expr) -> Function:
    """The rule as a function: what roles alone decide comes first, and admins may do everything."""
    compiler = Compiler(design, entity, names.app(design, entity))
    guard, returns = _decided(compiler, expr, entity.scope)
    return Function(name=names.function(design, entity, called), doc=text(expr), guard=guard, returns=returns)


def _decided(compiler: Compiler, expr: Expr, scope: Expr | None) -> tuple[Code, Code]:
    options = alternatives(expr)
    roles = ["admin", *(option.name for option in options if isinstance(option, Role) and option.name != "admin")]
    others = tuple(option for option in options if not isinstance(option, Role))
    if scope is None and any(isinstance(option, Anyone) for option in others):
        return NOTHING, EVERY
    if scope is not None:
        return _within_scope(compiler, expr, scope)
    if not others:
        return NOTHING, call(GRANTED, "caller", *map(quoted, roles))
    if all(isinstance(option, SignedIn) for option in others):
        return NOTHING, call(GRANTED, "caller", '"signed_in"')
    if len(others) == 1:
        return NOTHING, compiler.combined(others[0], call(GRANTED, "caller", *map(quoted, roles)))
    return _guard(roles), compiler.rule(Or(operands=others))


def _within_scope(compiler: Compiler, expr: Expr, scope: Expr) -> tuple[Code, Code]:
    options = [option for option in alternatives(expr) if option != Role(name="admin")]
    if not options:
        return NOTHING, call(GRANTED, "caller", '"admin"')
    if any(isinstance(option, Anyone) for option in options):
        both: Expr = scope
    else:
        both = And(operands=(Or(operands=tuple(options)) if len(options) > 1 else options[0], scope))
    if not denied_to_strangers(both):  # who belongs to no tenant is told to sign in
        both = And(operands=(SignedIn(), *(both.operands if isinstance(both, And) else (both,))))
    return _guard(["admin"]), compiler.rule(both)


def _guard(roles: list[str]) -> Code:
    return code("if caller.has({}):\n        return {}", ", ".join(map(quoted, roles)), EVERY)


def alternatives(expr: Expr) -> tuple[Expr, ...]:
    """What stands between the `or`s, flattened; nothing for what is never true."""
    match expr:
        case Or():
            return tuple(option for operand in expr.operands for option in alternatives(operand))
        case Literal(value=True):
            return (Anyone(),)
        case Literal(value=False):
            return ()
        case _:
            return (expr,)


def _live(design: Design, entity: Entity) -> Function:
    assert entity.trash is not None
    compiler = Compiler(design, entity, names.app(design, entity), caller=False)
    condition = compiler.rule(Not(operand=entity.trash))
    called = names.function(design, entity, "live")
    return Function(name=called, doc="not deleted", returns=condition, for_caller=False)


def _through_whole(design: Design, entity: Entity) -> Function:
    """A part is read by whoever may read its whole."""
    assert entity.whole is not None
    reference = entity.field(entity.whole)
    assert isinstance(reference.type, types.Ref)
    whole, label = design.entity(reference.type.target), names.app(design, entity)
    model = names.model(design, whole, label)
    live = f".filter({names.function(design, whole, 'live')}())" if whole.trash is not None else ""
    readable = call(Q, code("{}__in={}.objects.readable_by(caller){}", entity.whole, model, live))
    doc = f"whoever may read the {names.phrase(whole)}"
    if is_narrowed(design, entity):
        own = f"{names.function(design, entity, 'narrow')}(caller)"
        readable, doc = code("{} & {}", own, readable), f"{text(entity.access.read)}; and {doc}"
    return Function(name=names.function(design, entity, "read"), doc=doc, returns=readable)


def is_narrowed(design: Design, entity: Entity) -> bool:
    """Whether a part has a rule of its own beside that of its whole: or a tenant, where its whole is for everybody."""
    if entity.whole is None:
        return False
    whole = design.entity(getattr(entity.field(entity.whole).type, "target", ""))
    if tenant_field(design, entity) is not None and tenant_field(design, whole) is None:
        return True
    return not any(isinstance(option, Anyone) for option in alternatives(entity.access.read))


def _distinct(design: Design, entity: Entity) -> tuple[tuple[Function, ...], tuple[str, ...]]:
    """The rules that differ, and one line for each set of those of the four actions that do not."""
    actions = {names.function(design, entity, action) for action in ACTIONS}
    first: dict[tuple[str, str, str], str] = {}
    same: dict[str, list[str]] = {}
    kept = []
    for found in rules_of(design, entity):
        key = (found.doc, found.guard.text, found.returns.text)
        if found.name in actions and key in first:
            same.setdefault(first[key], []).append(found.name)
        else:
            kept.append(found)
            if found.name in actions:
                first[key] = found.name
    return tuple(kept), tuple(" = ".join((*others, one)) for one, others in same.items())
