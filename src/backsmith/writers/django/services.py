"""Services: what happens when rows are made, changed and moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.design import naming, types
from backsmith.design.fields import Given as WorkedOut
from backsmith.design.fields import given_fields
from backsmith.design.happenings import inputs, lets_go
from backsmith.design.model import Action, Design, Effect, Entity, Given, Move
from backsmith.design.naming import a
from backsmith.writers.django import computed, names
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, call, code, joined, name, quoted
from backsmith.writers.python.page import Named

FORM = name("apps.core.forms", "Form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the service."""

    name: str
    parameters: Code
    returns: Code
    doc: str
    lines: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesPage(Page):
    template: ClassVar[str] = "apps/services.py.j2"

    doc: str
    forms: tuple[Named, ...]
    """How bodies become rows: of the parts first."""
    kept: Code
    """What keeps the history of the rows, if it is kept."""
    functions: tuple[Function, ...]


def services_page(design: Design, contract: Contract, entities: tuple[Entity, ...]) -> ServicesPage:
    """The services of one app."""
    entity = entities[0]
    printer = Printer(design, contract, entity)
    moved = ", changed and moved" if entity.moves else " and changed"
    return ServicesPage(
        doc=f"What happens when {names.phrases(entity)} are made{moved}: the place for hand-written rules.",
        forms=tuple(Named(name=form_name(design, each), code=form(design, each)) for each in inner_first(entities)),
        kept=printer.kept(),
        functions=tuple(printer.functions()),
    )


def inner_first(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Parts of parts, then parts, then what they are parts of."""
    found: list[Entity] = []

    def add(entity: Entity) -> None:
        for field in entity.fields:
            part = next(
                (e for e in entities if isinstance(field.type, types.Parts) and e.name == field.type.target), None
            )
            if part is not None:
                add(part)
        if entity not in found:
            found.append(entity)

    add(entities[0])
    return tuple(found)


def form_name(design: Design, entity: Entity) -> str:
    """`FORM`, and `ORDER_LINE_FORM` for a part."""
    return names.function(design, entity, "form").upper()


def form(design: Design, entity: Entity) -> Code:
    """`Form(OrderRead.rows, owner="customer", ...)`."""
    app = names.app(design, entity)
    owner = next((field.name for field in entity.fields if field.owner), None)
    given = given_fields(entity)
    stored = [Named(name=names.column(e.field), code=_made(design, entity, e)) for e in given if e.field.set]
    defaults = [Named(name=names.column(e.field), code=_made(design, entity, e)) for e in given if not e.field.set]
    once = [field.name for field in entity.fields if field.given is Given.ONCE]
    item = name(f"apps.{app}.serializers", f"{entity.name}Item")
    return call(
        FORM,
        shown(design, entity.name),
        *((code("item={}", item),) if entity.whole is not None else ()),
        *((Code(f"owner={quoted(owner)}"),) if owner else ()),
        *_mapping("references", _references(design, entity)),
        *((Code(f"once=frozenset({{{', '.join(map(quoted, once))}}})"),) if once else ()),
        *_mapping("stored", stored),
        *_mapping("defaults", defaults),
        *_mapping("guarded", _guarded(design, entity)),
        *_mapping("parts", _parts(design, entity)),
        *_mapping("links", _links(design, entity)),
    )


def shown(design: Design, target: str) -> Code:
    """What is shown of a row that others refer to: `CategoryRead.rows`."""
    module = f"apps.{names.app(design, design.entity(target))}.serializers"
    return code("{}.rows", name(module, f"{target}Read"))


def _made(design: Design, entity: Entity, found: WorkedOut) -> Code:
    """The function that works it out, as it is called: with the row and who makes it, as far as it takes these."""
    app = names.app(design, entity)
    function = code("{}.{}", names.sibling(app, app, "computed"), names.function(design, entity, found.name))
    parameters = computed.given_function(design, entity, found).parameters
    asks = any(parameter.text.startswith("caller:") for parameter in parameters)
    if len(parameters) == 2:
        return function
    if not parameters:
        return code("lambda _row, _: {}()", function)
    return code("lambda _, caller: {}(caller)" if asks else "lambda row, _: {}(row)", function)


def _mapping(called: str, entries: list[Named]) -> tuple[Code, ...]:
    inner = joined(", ", (code('"{}": {}', entry.name, entry.code) for entry in entries))
    return (code("{}={{{}}}", called, inner),) if entries else ()


def _references(design: Design, entity: Entity) -> list[Named]:
    return [
        Named(name=field.name, code=shown(design, field.type.target))
        for field in entity.fields
        if isinstance(field.type, types.Ref) and field.given is not Given.SERVER and field.name != entity.whole
    ]


def _guarded(design: Design, entity: Entity) -> list[Named]:
    app = names.app(design, entity)
    permissions = names.sibling(app, app, "permissions")
    return [
        Named(name=found.field, code=code("{}.{}", permissions, names.function(design, entity, f"write_{found.field}")))
        for found in entity.access.fields
        if found.write is not None
    ]


def _parts(design: Design, entity: Entity) -> list[Named]:
    found = []
    for field in entity.fields:
        if isinstance(field.type, types.Parts):
            part = design.entity(field.type.target)
            nested = name("apps.core.forms", "Nested")
            whole = quoted(names.column(part.field(field.type.by)))
            found.append(Named(name=field.name, code=call(nested, form_name(design, part), whole)))
    return found


def _links(design: Design, entity: Entity) -> list[Named]:
    found, app = [], names.app(design, entity)
    for field in entity.fields:
        if isinstance(field.type, types.Many):
            here, there = names.pair_fields(entity, field)
            pairs = name(f"apps.{app}.models", names.pairs_class(entity, field))
            columns = quoted(f"{here}_id"), quoted(f"{there}_id")
            linked = call(name("apps.core.forms", "Linked"), shown(design, field.type.target), pairs, *columns)
            found.append(Named(name=field.name, code=linked))
    return found


class Printer:
    """Prints the functions of one service."""

    def __init__(self, design: Design, contract: Contract, entity: Entity) -> None:
        self.design, self.contract, self.entity = design, contract, entity
        self.app, self.phrase = names.app(design, entity), a(names.phrase(entity))
        self.change = code("change: {}", name("apps.core.changes", "Change"))

    def kept(self) -> Code:
        """What is said once of the history of the rows."""
        keep = name("apps.history.changes", "keep")
        return call(keep, shown(self.design, self.entity.name)) if self.entity.history else Code("")

    def functions(self) -> Iterator[Function]:
        """What happens when a row is made, changed and deleted, and its moves and actions."""
        parts = self._with_parts()
        create, update, replace = (self._serializer(ending) for ending in ("Create", "Update", "Replace"))
        effects = self.entity.effects
        body = code("{}, body: {}", self.change, create)
        either = code("{}, body: {} | {}", self.change, update, replace)
        yield self._function("create", body, f"Make {self.phrase}{parts}.", "change.insert(FORM, body)", effects.create)
        yield self._function(
            "update", either, f"Change {self.phrase}{parts}.", "change.update(FORM, body)", effects.update
        )
        hidden = self.entity.trash is not None
        doc = f"Put {self.phrase} out of sight." if hidden else f"Delete {self.phrase}{parts}."
        lines = (*self._applied("delete", effects.delete), self._deleted())
        yield Function(name="delete", parameters=self.change, returns=Code("None"), doc=doc, lines=lines)
        if hidden:
            restored = code("{}.restore(change)", name("apps.core", "trash"))
            doc = f"Bring back {self.phrase} that was deleted."
            yield Function(name="restore", parameters=self.change, returns=Code("None"), doc=doc, lines=(restored,))
        yield from map(self._move, self.entity.moves)
        yield from map(self._action, self.entity.actions)

    def _serializer(self, ending: str) -> Code:
        return name(f"apps.{self.app}.serializers", f"{self.entity.name}{ending}")

    def _function(self, called: str, parameters: Code, doc: str, line: str, effects: tuple[Effect, ...]) -> Function:
        lines = (Code(line), *self._applied(called, effects))
        return Function(name=called, parameters=parameters, returns=Code("None"), doc=doc, lines=lines)

    def _with_parts(self) -> str:
        parts = [f.name.replace("_", " ") for f in self.entity.fields if isinstance(f.type, types.Parts)]
        return f" with its {' and '.join(parts)}" if parts else ""

    def _deleted(self) -> Code:
        if self.entity.trash is not None:
            return code("{}.hide(change)", name("apps.core", "trash"))
        others = ((other, field) for other in self.design.entities for field in other.fields)
        if any(lets_go(other, field, self.entity) for other, field in others):
            return code("{}.delete(change)", name("apps.core", "loosening"))
        return Code("change.delete()")

    def _applied(self, called: str, effects: tuple[Effect, ...]) -> tuple[Code, ...]:
        """`effects.apply(change, happens.PAY)`."""
        if not effects:
            return ()
        given = "".join(f', {field}=body.validated_data["{field}"]' for field in inputs(effects))
        apply, happens = name("apps.core.effects", "apply"), names.sibling(self.app, self.app, "effects")
        return (code("{}(change, {}.{}{})", apply, happens, called.upper(), given),)

    def _body(self, does: str) -> Code:
        called = f"{naming.title(does)}{self.entity.name}"
        if all(schema.name != called for schema in self.contract.schemas):
            return Code("")
        return name(f"apps.{self.app}.serializers", called)

    def _sent(self, does: str) -> Code:
        body = self._body(does)
        return code("{}, body: {}", self.change, body) if body else self.change

    def _move(self, move: Move) -> Function:
        sources = ", ".join(map(quoted, move.source)) + ("," if len(move.source) == 1 else "")
        words = " or ".join(word.replace("_", " ") for word in move.source)
        moved = Code(f"change.move({quoted(move.field)}, ({sources}), {quoted(move.target)})")
        return Function(
            name=move.name,
            parameters=self._sent(move.name),
            returns=Code("None"),
            doc=move.doc or f"Move {self.phrase} from {words} to {move.target.replace('_', ' ')}.",
            lines=(moved, *self._applied(move.name, move.effects)),
        )

    def _action(self, action: Action) -> Function:
        words = action.name.replace("_", " ")
        subject = self.phrase if action.item else names.phrases(self.entity)
        return Function(
            name=action.name,
            parameters=self._sent(action.name),
            returns=code("dict[str, {}]", name("typing", "Any")) if action.output else Code("None"),
            doc=action.doc or f"{words.capitalize()} {subject}: to be written by hand.",
            lines=(code("raise {}()", name("apps.core.actions", "NotWritten")),),
        )
