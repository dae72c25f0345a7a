"""Services: what happens when rows are made, changed and moved."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.hyperlinks import has_hyperlinks
from backsmith.design import types
from backsmith.design.fields import Given as WorkedOut
from backsmith.design.fields import computed_fields, given_fields, scoped_by
from backsmith.design.happenings import inputs, lets_go, named_effects, reached
from backsmith.design.model import Action, Design, Effect, Entity, Given, Move
from backsmith.design.naming import a
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.expressions import Compiler, Root
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.schemas import title_of
from backsmith.writers.fastapi.views import view_variable
from backsmith.writers.python.code import Code, Import, call, code, joined, name, quoted
from backsmith.writers.python.page import Named

FORM, GUARDED = name("app.core.forms", "Form"), name("app.core.guards", "GuardedForm")
EFFECT, PART_EFFECT = name("app.core.effects", "Effect"), name("app.core.wholes", "PartEffect")
TRASH, LOOSENING = name("app.core", "trash"), name("app.core", "loosening")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What else happens: a tuple of effects under a name, and the aliases that it needs in front."""

    name: str
    lines: tuple[Code, ...]
    effects: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A coroutine of the service."""

    name: str
    parameters: Code
    returns: Code
    doc: str
    lines: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage(Page):
    template: ClassVar[str] = "app/services/entity.py.j2"

    doc: str
    form: Code
    kept: Code
    """What keeps the history of the rows, if it is kept."""
    amounts: tuple[Named, ...]
    """What several effects have in common."""
    effects: tuple[Effects, ...]
    functions: tuple[Function, ...]


def service_page(design: Design, contract: Contract, entity: Entity) -> ServicePage:
    """The module of an entity's service; of a part, how it is written within its whole."""
    shared = _shared_amounts(design, entity)
    return ServicePage(
        doc=_doc(entity),
        form=form(design, entity),
        kept=_kept(design, entity),
        amounts=shared,
        effects=tuple(_effects(design, entity, shared, *found) for found in named_effects(entity)),
        functions=() if entity.whole else tuple(_functions(design, contract, entity)),
    )


def _doc(entity: Entity) -> str:
    phrases = names.phrases(entity)
    if entity.whole is not None:
        return f"How {phrases} are written, always with what they are parts of."
    moved = ", changed and moved" if entity.moves else " and changed"
    return f"What happens when {phrases} are made{moved}: the place for hand-written rules."


def _kept(design: Design, entity: Entity) -> Code:
    if not entity.history or entity.whole is not None:
        return Code("")
    return code("{}.keep({})", name("app.core", "history"), view_variable(design, entity.name))


def is_alone(design: Design, entity: Entity) -> bool:
    """Whether making a row is all that happens: in its own columns, which are all that is answered, with references to
    rows that are kept apart from nobody."""
    targets = [design.entity(field.type.target) for field in entity.fields if isinstance(field.type, types.Ref)]
    apart = any(target.scope is not None for target in targets) or scoped_by(entity) is not None
    inner = _parts(design, entity) or _links(design, entity) or any(computed_fields(entity))
    more = entity.effects.create or entity.history or entity.access.fields or has_hyperlinks(design, entity)
    return not (apart or inner or more)


# The form


def form(design: Design, entity: Entity) -> Code:
    """`Form(orders, owner="customer", ...)`."""
    owner = next((field.name for field in entity.fields if field.owner), None)
    given = given_fields(entity)
    stored = [Named(name=_column(found), code=_made(entity, found)) for found in given if found.field.set]
    defaults = [Named(name=_column(found), code=_made(entity, found)) for found in given if not found.field.set]
    once = [field.name for field in entity.fields if field.given is Given.ONCE]
    arguments = (
        view_variable(design, entity.name),
        *((Code(f"owner={quoted(owner)}"),) if owner else ()),
        *_mapping("references", _references(design, entity)),
        *((Code("once=frozenset({%s})" % ", ".join(map(quoted, once))),) if once else ()),  # noqa: UP031
        *_mapping("stored", stored),
        *_mapping("defaults", defaults),
        *_mapping("guarded", _guarded(entity)),
        *_mapping("parts", _parts(design, entity)),
        *_mapping("links", _links(design, entity)),
    )
    return call(GUARDED if _guarded(entity) else FORM, *arguments)


def _column(found: WorkedOut) -> str:
    return names.column(found.field)


def _made(entity: Entity, found: WorkedOut) -> Code:
    return Code(f"computed.{found.name}", frozenset({Import("app.computed", names.module(entity), "computed")}))


def _mapping(called: str, entries: list[Named]) -> tuple[Code, ...]:
    inner = joined(", ", (code('"{}": {}', entry.name, entry.code) for entry in entries))
    return (code("{}={{{}}}", called, inner),) if entries else ()


def _references(design: Design, entity: Entity) -> list[Named]:
    return [
        Named(name=field.name, code=view_variable(design, field.type.target))
        for field in entity.fields
        if isinstance(field.type, types.Ref) and field.given is not Given.SERVER and field.name != entity.whole
    ]


def _guarded(entity: Entity) -> list[Named]:
    policy = frozenset({Import("app.policies", names.module(entity), "policy")})
    return [
        Named(name=found.field, code=Code(f"policy.write_{found.field}", policy))
        for found in entity.access.fields
        if found.write is not None
    ]


def _parts(design: Design, entity: Entity) -> list[Named]:
    found = []
    for field in entity.fields:
        if isinstance(field.type, types.Parts):
            part = design.entity(field.type.target)
            module, local = names.module(part), names.variable(part)
            alias = "" if module == local else local
            inner = Code(f"{local}.FORM", frozenset({Import("app.services", module, alias)}))
            whole = code("{}.{}", names.model(part), names.column(part.field(field.type.by)))
            found.append(Named(name=field.name, code=call(name("app.core.forms", "Nested"), inner, whole)))
    return found


def _links(design: Design, entity: Entity) -> list[Named]:
    found = []
    for field in entity.fields:
        if isinstance(field.type, types.Many):
            table, (here, there) = names.pairs(entity, field), names.pair_columns(entity, field)
            view = view_variable(design, field.type.target)
            columns = (code("{}.c.{}", table, here), code("{}.c.{}", table, there))
            found.append(Named(name=field.name, code=call(name("app.core.forms", "Linked"), view, *columns)))
    return found


# Effects


def _amounts(design: Design, entity: Entity, effect: Effect) -> tuple[Code, tuple[Code, ...]]:
    """Which rows an effect changes, and by how much; and the aliases that this needs in front."""
    compiler = Compiler(design, Root(entity), alone=True)
    amounts = compiler.amounts(effect)
    return Code(amounts.text, amounts.imports | compiler.models), tuple(compiler.lines)


def _shared_amounts(design: Design, entity: Entity) -> tuple[Named, ...]:
    """The amounts that several effects have in common, by what they are given to: `LINES_PRODUCT_AMOUNTS`."""
    found: dict[str, list[tuple[Effect, Code]]] = {}
    for effect in (effect for _, effects in named_effects(entity) for effect in effects):
        amounts, lines = _amounts(design, entity, effect)
        if not lines:
            found.setdefault(amounts.text, []).append((effect, amounts))
    shared: dict[str, Code] = {}
    for (effect, amounts), *others in found.values():
        over = effect.over.steps if effect.over is not None else ()
        called = "_".join((*over, *effect.target.steps[:-1], "amounts")).upper()
        if others:
            shared[f"{called}_{len(shared) + 1}" if called in shared else called] = amounts
    return tuple(Named(name=called, code=amounts) for called, amounts in shared.items())


def _effects(
    design: Design, entity: Entity, shared: tuple[Named, ...], called: str, effects: tuple[Effect, ...]
) -> Effects:
    made, lines = list[Code](), list[Code]()
    known = {found.code.text: Code(found.name) for found in shared}
    for effect in effects:
        amounts, needed = _amounts(design, entity, effect)
        at = reached(design, entity, effect)
        target = code("{}.{}", names.model(at), names.column(at.field(effect.target.steps[-1])))
        kind = EFFECT if at.whole is None else PART_EFFECT
        made.append(
            call(kind, Code(quoted(effect.text)), target, quoted(effect.operator), known.get(amounts.text, amounts))
        )
        lines += needed
    return Effects(name=f"{called.upper()}_EFFECTS", lines=tuple(lines), effects=tuple(made))


# Functions


def _functions(design: Design, contract: Contract, entity: Entity) -> list[Function]:
    phrase, change = a(names.phrase(entity)), code("change: {}", name("app.core.changes", "Change"))
    effects, none = entity.effects, Code("None")
    schema = {
        ending: name(f"app.schemas.{names.module(entity)}", f"{entity.name}{ending}")
        for ending in ("Create", "Update", "Replace")
    }
    with_parts = _with_parts(entity)
    created = code("{}, body: {}", change, schema["Create"])
    changed = code("{}, body: {} | {}", change, schema["Update"], schema["Replace"])
    out_of_sight = entity.trash is not None
    deleted = f"Put {phrase} out of sight." if out_of_sight else f"Delete {phrase}{with_parts}."
    restore = Function(
        name="restore",
        parameters=change,
        returns=none,
        doc=f"Bring back {phrase} that was deleted.",
        lines=(code("await {}.restore(change)", TRASH),),
    )
    return [
        Function(
            name="create",
            parameters=created,
            returns=none,
            doc=f"Make {phrase}{with_parts}.",
            lines=(Code("await change.insert(FORM, body)"), *_applied("create", effects.create)),
        ),
        Function(
            name="update",
            parameters=changed,
            returns=none,
            doc=f"Change {phrase}{with_parts}.",
            lines=(Code("await change.update(FORM, body)"), *_applied("update", effects.update)),
        ),
        Function(
            name="delete",
            parameters=change,
            returns=none,
            doc=deleted,
            lines=(*_applied("delete", effects.delete), _deleted(design, entity)),
        ),
        *((restore,) if out_of_sight else ()),
        *(_move(contract, entity, move, change) for move in entity.moves),
        *(_action(contract, entity, action, change) for action in entity.actions),
    ]


def _deleted(design: Design, entity: Entity) -> Code:
    if entity.trash is not None:
        return code("await {}.hide(change)", TRASH)
    is_let_go = any(lets_go(other, field, entity) for other in design.entities for field in other.fields)
    return code("await {}.delete(change)", LOOSENING) if is_let_go else Code("await change.delete()")


def _with_parts(entity: Entity) -> str:
    parts = [field.name.replace("_", " ") for field in entity.fields if isinstance(field.type, types.Parts)]
    return f" with its {' and '.join(parts)}" if parts else ""


def _applied(called: str, effects: tuple[Effect, ...]) -> tuple[Code, ...]:
    if not effects:
        return ()
    given = "".join(f", {field}=body.{field}" for field in inputs(effects))
    apply = name("app.core.effects", "apply")
    return (code("await {}(change, {}_EFFECTS{})", apply, called.upper(), given),)


def body_of(contract: Contract, entity: Entity, does: str, ending: str = "") -> Code | None:
    """The class that a move or an action is sent, or answers with."""
    called = f"{title_of(does)}{entity.name}{ending}"
    if all(schema.name != called for schema in contract.schemas):
        return None
    return name(f"app.schemas.{names.module(entity)}", called)


def _move(contract: Contract, entity: Entity, move: Move, change: Code) -> Function:
    body = body_of(contract, entity, move.name)
    sources = ", ".join(map(quoted, move.source)) + ("," if len(move.source) == 1 else "")
    state = code("{}.{}", names.model(entity), move.field)
    words = " or ".join(word.replace("_", " ") for word in move.source)
    return Function(
        name=move.name,
        parameters=code("{}, body: {}", change, body) if body else change,
        returns=Code("None"),
        doc=move.doc or f"Move {a(names.phrase(entity))} from {words} to {move.target.replace('_', ' ')}.",
        lines=(
            code("await change.move({}, ({}), {})", state, sources, quoted(move.target)),
            *_applied(move.name, move.effects),
        ),
    )


def _action(contract: Contract, entity: Entity, action: Action, change: Code) -> Function:
    body, result = (body_of(contract, entity, action.name, ending) for ending in ("", "Result"))
    return Function(
        name=action.name,
        parameters=code("{}, body: {}", change, body) if body else change,
        returns=result or Code("None"),
        doc=action.doc or f"{action.name.replace('_', ' ').capitalize()}: to be written by hand.",
        lines=(code("raise {}()", name("app.core.actions", "NotWritten")),),
    )
