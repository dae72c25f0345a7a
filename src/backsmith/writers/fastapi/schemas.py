"""Bodies and answers: Pydantic classes, printed from the contract's schemas."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract, hyperlinks
from backsmith.contract.model import Property, Schema
from backsmith.design import naming, types
from backsmith.design.expressions import Comparison, Literal
from backsmith.design.model import Design, Entity, Field, Given, Ids
from backsmith.design.naming import a
from backsmith.writers.fastapi import models, names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.types import ANNOTATED, FIELD, body_type, python_type
from backsmith.writers.python.code import Code, code, joined, literal, name, quoted
from backsmith.writers.python.literals import constant, limit

LIMITS = {Comparison.GE: "ge", Comparison.GT: "gt", Comparison.LE: "le", Comparison.LT: "lt"}
ABSENT = name("app.core.schemas", "ABSENT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line of a class: `name: Annotated[...] = default`."""

    name: str
    type: Code
    default: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class. `said`: its class variables."""

    name: str
    base: Code
    doc: str
    said: tuple[Member, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaPage(Page):
    template: ClassVar[str] = "app/schemas/entity.py.j2"

    subject: str
    classes: tuple[Class, ...]
    later: tuple[str, ...]
    """Imports for type checkers only: answers that name this one in turn."""
    checking: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedPage(Page):
    """`app/schemas/__init__.py`, where answers name each other in a circle."""

    template: ClassVar[str] = "app/schemas/completed.py.j2"

    answers: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesPage(Page):
    template: ClassVar[str] = "app/schemas/values.py.j2"

    classes: tuple[Class, ...]


class Writer:
    """Prints the schemas of one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity, circle: frozenset[str]) -> None:
        """circle: the entities whose answers name each other, this one among them."""
        self.design, self.contract, self.entity, self.circle = design, contract, entity, circle

    def page(self) -> SchemaPage:
        later = sorted(self.circle & _linked(self.entity) - {self.entity.name})
        phrases = names.phrases(self.entity)
        return SchemaPage(
            subject=f"{phrases}, within what they are parts of" if self.entity.whole else phrases,
            classes=tuple(self.classes()),
            later=tuple(f"from app.schemas.{names.module(other)} import {other}Read" for other in later),
            checking=(name("typing", "TYPE_CHECKING"),) if later else (),
        )

    def classes(self) -> Iterator[Class]:
        if self.entity.name == "User":
            yield from (*self.links(), self.answer())
            return
        if self.entity.whole is None:
            yield from self.bodies()
        else:
            yield self.item()
        for does in [move.name for move in self.entity.moves] + [action.name for action in self.entity.actions]:
            yield from self.inputs(does)
        yield from (*self.links(), self.answer())

    def bodies(self) -> Iterator[Class]:
        phrase = names.phrase(self.entity)
        create = self.contract.schema(f"{self.entity.name}Create")
        replace = self.contract.schema(f"{self.entity.name}Replace")
        update = self.contract.schema(f"{self.entity.name}Update")
        yield Class(
            name=create.name,
            base=name("app.core.schemas", "Body"),
            doc=f"What makes {a(phrase)}.{self._owned()}",
            said=(self.read_only(create),),
            members=tuple(self.sent(found) for found in _sendable(create)),
        )
        once = _read_only(create) != _read_only(replace)
        yield Class(
            name=replace.name,
            base=name("app.core.schemas", "Body") if once else Code(create.name),
            doc=f"What {a(phrase)} becomes: what is absent returns to its default.",
            said=(*((self.read_only(replace),) if once else ()), _said("replaces", "True")),
            members=tuple(self.sent(found) for found in _sendable(replace)) if once else (),
        )
        same = f"{replace.name if once else create.name}.read_only"
        yield Class(
            name=update.name,
            base=name("app.core.schemas", "Body"),
            doc=f"What changes in {a(phrase)}: what is absent stays.",
            said=(_said("read_only", same),),
            members=tuple(self.sent(found, absent=True) for found in _sendable(update)),
        )

    def _owned(self) -> str:
        owner = next((field.name for field in self.entity.fields if field.owner), None)
        return f" `{owner}` is the caller; an admin may send another." if owner else ""

    def item(self) -> Class:
        schema = self.contract.schema(f"{self.entity.name}Item")
        sent = _sendable(schema)
        needed = tuple(found.name for found in sent if found.required and found.name != "id")
        key = Member(name="id", type=self._key(self.entity.name), default=code(" = {}", ABSENT))
        others = tuple(self.sent(found, absent=found.required) for found in sent if found.name != "id")
        said = (self.read_only(schema), *((_said("needed", _tuple(needed)),) if needed else ()))
        return Class(
            name=schema.name,
            base=name("app.core.schemas", "Body"),
            doc=f"{a(names.phrase(self.entity)).capitalize()} within the body of what it is a part of: with `id` it "
            "changes, without it is a new one.",
            said=said,
            members=(key, *others),
        )

    def inputs(self, does: str) -> Iterator[Class]:
        title = title_of(does)
        words = does.replace("_", " ")
        for ending, base, doc in (
            ("", "Body", f"What is sent to {words} {a(names.phrase(self.entity))}."),
            ("Result", "Answer", f"What is answered to {words} {a(names.phrase(self.entity))}."),
        ):
            schema = self._schema(f"{title}{self.entity.name}{ending}")
            if schema is not None:
                yield Class(
                    name=schema.name,
                    base=name("app.core.schemas", base),
                    doc=doc,
                    said=(),
                    members=tuple(self.sent(found) for found in schema.properties),
                )

    def _schema(self, called: str) -> Schema | None:
        return next((found for found in self.contract.schemas if found.name == called), None)

    def links(self) -> Iterator[Class]:
        """What an answer says of where it leads, where answers do."""
        schema = self._schema(hyperlinks.schema_name(self.entity))
        if schema is not None and hyperlinks.has_hyperlinks(self.design, self.entity):
            link, absent = name("app.core.hyperlinks", "Hyperlink"), code(" = {}", ABSENT)
            yield Class(
                name=schema.name,
                base=name("app.core.schemas", "Answer"),
                doc=f"Where {a(names.phrase(self.entity))} is, where it leads, and what its reader may do with it now.",
                said=(),
                members=tuple(Member(name=found.name, type=link, default=absent) for found in schema.properties),
            )

    def answer(self) -> Class:
        schema = self.contract.schema(f"{self.entity.name}Read")
        return Class(
            name=schema.name,
            base=name("app.core.schemas", "Answer"),
            doc=self._answer_doc(schema),
            said=(),
            members=tuple(self.shown(found) for found in _values_first(schema)),
        )

    def _answer_doc(self, schema: Schema) -> str:
        doc = f"{a(names.phrase(self.entity)).capitalize()}."
        if any(isinstance(found.type, types.Ref) for found in schema.properties):
            doc += " A reference is an id, or what it names where that was expanded, or null."
        return doc

    # Members

    def read_only(self, schema: Schema) -> Member:
        words = ", ".join(map(quoted, _read_only(schema)))
        return _said("read_only", f"frozenset({{{words}}})")

    def sent(self, found: Property, *, absent: bool = False) -> Member:
        type_ = self.body_type(found)
        if found.nullable:
            type_ = code("{} | None", type_)
        return Member(name=found.name, type=type_, default=self._default(found, absent=absent))

    def _default(self, found: Property, *, absent: bool) -> Code:
        if absent or found.given is Given.CALLER:
            return code(" = {}", ABSENT)
        if found.many:
            return Code(" = []")
        if isinstance(found.default, Literal):
            return code(" = {}", self._constant(found, found.default))
        if found.default is not None:
            return code(" = {}", ABSENT)
        return Code(" = None") if found.nullable and not found.required else Code("")

    def _constant(self, found: Property, given: Literal) -> Code:
        if given.value is None:
            return Code("None")
        return models.stored_constant(Field(name=found.name, type=found.type), given)

    def body_type(self, found: Property) -> Code:
        """The annotation of a property in a body, with its bounds."""
        match found.type:
            case types.Ref():
                return self._key(found.type.target)
            case types.Many():
                uuid = self.design.entity(found.type.target).ids is Ids.UUID7
                return name("app.core.schemas", "UuidKeys" if uuid else "Keys")
            case types.Parts():
                item = name(f"app.schemas.{names.module(found.type.target)}", f"{found.type.target}Item")
                return code("{}[{}]", name("app.core.schemas", "Parts"), item)
            case types.Enum():
                return self._words(found)
            case _:
                return _bounded(found)

    def _words(self, found: Property) -> Code:
        assert isinstance(found.type, types.Enum)
        own = any(field.name == found.name and field.type == found.type for field in self.entity.fields)
        if found.type.name is None and not own:
            return python_type(found.type)
        return models.words_name(self.entity, Field(name=found.name, type=found.type))

    def _key(self, target: str) -> Code:
        uuid = self.design.entity(target).ids is Ids.UUID7
        return name("app.core.schemas", "UuidKey" if uuid else "Key")

    def shown(self, found: Property) -> Member:
        type_ = self._shown_type(found)
        if found.nullable:
            type_ = code("{} | None", type_)
        if not found.required and not found.many:
            type_ = type_ if found.nullable else code("{} | None", type_)
        if self._is_later(found):
            type_ = code('"{}"', type_)
        default = Code("") if found.required else code(" = {}", ABSENT)
        return Member(name=found.name, type=type_, default=default)

    def _shown_type(self, found: Property) -> Code:
        match found.type:
            case types.Ref():
                return code("{} | {}", models.key_type(self.design, found.type.target), self._read(found.type.target))
            case types.Many() | types.Parts() | types.Inverse():
                return code("list[{}]", self._read(found.type.target))
            case types.Enum():
                return self._words(found)
            case types.Embedded() if found.schema == hyperlinks.schema_name(self.entity):
                return Code(found.type.name)
            case types.Embedded():
                return body_type(found.type)
            case _:
                return models.unshadowed(python_type(found.type), self.entity)

    def _read(self, target: str) -> Code:
        answer = f"{target}Read"
        return Code(answer) if target in self.circle else name(f"app.schemas.{names.module(target)}", answer)

    def _is_later(self, found: Property) -> bool:
        target = _target(found.type)
        return target is not None and target in self.circle


def title_of(does: str) -> str:
    """What a move or an action is called in the name of a class."""
    return naming.title(does)


def _bounded(found: Property) -> Code:
    type_ = body_type(found.type)
    limits = [code("{}={}", LIMITS[bound.operator], limit(found.type, bound.value.value)) for bound in found.bounds]
    if found.pattern is not None:
        limits.append(code("pattern={}", literal(found.pattern)))
    match found.type:
        case types.Text(length=int() as length):
            limits.insert(0, Code(f"max_length={length}"))
        case types.Decimal():
            limits[:0] = [Code(f"max_digits={found.type.precision}"), Code(f"decimal_places={found.type.scale}")]
            exact = name("app.core.schemas", "EXACT")
            return code("{}[{}, {}({}), {}]", ANNOTATED, type_, FIELD, joined(", ", limits), exact)
    return code("{}[{}, {}({})]", ANNOTATED, type_, FIELD, joined(", ", limits)) if limits else type_


def _said(called: str, value: str) -> Member:
    return Member(name=called, type=name("typing", "ClassVar"), default=Code(f" = {value}"))


def _tuple(words: tuple[str, ...]) -> str:
    inner = ", ".join(map(quoted, words))
    return f"({inner},)" if len(words) == 1 else f"({inner})"


def _sendable(schema: Schema) -> tuple[Property, ...]:
    return tuple(found for found in schema.properties if not found.read_only)


def _read_only(schema: Schema) -> tuple[str, ...]:
    return tuple(found.name for found in schema.properties if found.read_only)


def _values_first(schema: Schema) -> tuple[Property, ...]:
    """What leads to many comes last."""
    return tuple(sorted(schema.properties, key=lambda found: found.many))


def _target(type_: types.Type) -> str | None:
    match type_:
        case types.Ref():
            return type_.target
        case types.Many() | types.Parts() | types.Inverse():
            return type_.target
        case _:
            return None


def _linked(entity: Entity) -> set[str]:
    """The entities whose answers this one's names."""
    targets = {_target(field.type) for field in entity.fields if not field.private and field.name != entity.whole}
    return {target for target in targets if target is not None}


def circles(design: Design) -> dict[str, frozenset[str]]:
    """For each entity, those whose answers name it and that it names in turn, however far."""
    links = {entity.name: _linked(entity) for entity in design.entities}
    reach = {start: _reached(start, links) for start in links}
    return {
        start: frozenset(other for other in reached if start in reach[other]) | ({start} & links[start])
        for start, reached in reach.items()
    }


def _reached(start: str, links: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(links[start])
    while waiting:
        found = waiting.pop()
        if found not in reached:
            reached.add(found)
            waiting += links[found]
    return reached


def schema_page(design: Design, contract: Contract, entity: Entity, circle: frozenset[str]) -> SchemaPage:
    """The module of an entity's bodies and answers."""
    return Writer(design, contract, entity, circle).page()


def completed_page(found: dict[str, frozenset[str]]) -> CompletedPage | None:
    """What completes answers that name each other, if any do."""
    circular = sorted(entity for entity, circle in found.items() if len(circle) > 1)
    if not circular:
        return None
    answers = tuple(name(f"app.schemas.{names.module(entity)}", f"{entity}Read") for entity in circular)
    return CompletedPage(answers=answers)


def values_page(design: Design) -> ValuesPage:
    """The module of the embedded types."""
    return ValuesPage(classes=tuple(_value_class(design, found.name) for found in design.embedded))


def _value_class(design: Design, called: str) -> Class:
    found = next(embedded for embedded in design.embedded if embedded.name == called)
    members = tuple(_value_member(field) for field in found.fields)
    return Class(name=called, base=name("app.core.schemas", "Body"), doc=f"{called}.", said=(), members=members)


def _value_member(field: Field) -> Member:
    type_ = _bounded(Property(name=field.name, type=field.type, bounds=field.bounds, pattern=field.pattern))
    if isinstance(field.type, types.Embedded):
        type_ = Code(type_.text)
    if field.optional:
        type_ = code("{} | None", type_)
    if isinstance(field.default, Literal):
        default = code(" = {}", constant(field.default.value))
    else:
        default = Code(" = None") if field.optional else Code("")
    return Member(name=field.name, type=type_, default=default)
