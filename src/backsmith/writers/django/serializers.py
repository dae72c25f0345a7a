"""Bodies and answers: serializers, printed from the contract's schemas and from what lists and items show."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from backsmith.contract import Contract, hyperlinks, parameters
from backsmith.contract.lasting import lasting
from backsmith.contract.model import Property, Schema
from backsmith.design import naming, types
from backsmith.design.expressions import Comparison, Literal
from backsmith.design.fields import is_narrowed, is_optional
from backsmith.design.model import Design, Entity, Field, Given, Ids
from backsmith.design.naming import a
from backsmith.writers.django import names
from backsmith.writers.django.page import Page
from backsmith.writers.python.code import Code, Import, call, code, joined, literal, name, quoted, tuple_of
from backsmith.writers.python.literals import constant, limit

CORE = Code("serializers", frozenset({Import("apps.core", "serializers")}))
LIMITS = {
    Comparison.GE: "min_value",
    Comparison.LE: "max_value",
    Comparison.GT: "above",
    Comparison.LT: "below",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`name = serializers.CharField(max_length=80)`."""

    name: str
    value: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A serializer. `said`: its class variables; `meta`: what its `Meta` says."""

    name: str
    base: Code
    doc: str
    said: tuple[Member, ...] = ()
    members: tuple[Member, ...] = ()
    meta: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SerializersPage(Page):
    template: ClassVar[str] = "apps/serializers.py.j2"

    subject: str
    classes: tuple[Class, ...]


def serializers_page(design: Design, contract: Contract, entities: tuple[Entity, ...]) -> SerializersPage:
    """The serializers of one app: what its parts are made of, then its whole."""
    found = [Printer(design, contract, entity) for entity in reversed(entities)]
    return SerializersPage(
        subject=names.phrases(entities[0]),
        classes=tuple(class_ for printer in found for class_ in printer.classes()),
    )


def values_page(design: Design, contract: Contract) -> SerializersPage:
    """The values of several fields that entities keep in their rows."""
    printer = Printer(design, contract, design.entity("User"))
    classes = [
        Class(
            name=value.name,
            base=code("{}.Value", CORE),
            doc=f"{a(naming.phrase(value.name)).capitalize()}.",
            members=tuple(printer.sent(found) for found in contract.schema(value.name).properties),
        )
        for value in design.embedded
    ]
    return SerializersPage(subject="values that rows keep", classes=tuple(classes))


class Printer:
    """Prints the serializers of one entity."""

    def __init__(self, design: Design, contract: Contract, entity: Entity) -> None:
        self.design, self.contract, self.entity = design, contract, entity
        self.phrase, self.app = names.phrase(entity), names.app(design, entity)

    def classes(self) -> Iterator[Class]:
        yield self.read()
        if self.entity.whole is None:
            yield from self.bodies()
        else:
            yield self.item()
        for does in [move.name for move in self.entity.moves] + [action.name for action in self.entity.actions]:
            yield from self.inputs(does)

    # Answers

    def read(self) -> Class:
        """What is shown of a row."""
        shown = tuple(parameters.shown(self.entity))
        return Class(
            name=f"{self.entity.name}Read",
            base=name("apps.core.shown", "Shown"),
            doc=self._read_doc(shown),
            members=(*(self._shown(field) for field in shown if self._is_declared(field)), *self.linked()),
            meta=tuple(self._meta()),
        )

    def linked(self) -> Iterator[Member]:
        """The field that holds the links of a row, where answers have it."""
        if not hyperlinks.has_hyperlinks(self.design, self.entity):
            return
        permissions = names.sibling(self.app, self.app, "permissions")
        path = f"/api/{self.design.api.version}/{naming.kebab(self.entity.plural)}"
        steps = [
            code("{}: {}", quoted(link.name), self._step(link))
            for link in hyperlinks.hyperlinks(self.design, self.entity)
            if link.field is None and link.name != "self"
        ]
        told = quoted(path), code("{}.read", permissions), code("{{{}}}", joined(", ", steps))
        yield Member(name=hyperlinks.NAME, value=call(name("apps.core.hyperlinks", "Hyperlinks"), *told))

    def _step(self, link: hyperlinks.Hyperlink) -> Code:
        """What can be done with a row: `Step("POST", "/pay", permissions.pay, Q(status="draft"))`."""
        rule = code("{}.{}", names.sibling(self.app, self.app, "permissions"), link.rule)
        when = []
        if link.states:
            one = len(link.states) == 1
            words = quoted(link.states[0]) if one else tuple_of(link.states)
            when.append(call(name("django.db.models", "Q"), f"{link.state}{'' if one else '__in'}={words}"))
        return call(name("apps.core.hyperlinks", "Step"), quoted(link.method), quoted(link.path), rule, *when)

    def _read_doc(self, shown: tuple[Field, ...]) -> str:
        doc = f"{a(self.phrase).capitalize()}."
        if any(isinstance(field.type, types.Ref) for field in shown):
            doc += " A reference is an id, or what it names where that was expanded, or null."
        return doc

    def _is_declared(self, field: Field) -> bool:
        return field.computed is not None or isinstance(field.type, types.Ref | types.ToMany | types.Embedded)

    def _shown(self, field: Field) -> Member:
        if field.computed is not None:
            inner = plain(Property(name=field.name, type=field.type), "allow_null=True" if is_optional(field) else "")
            function = names.function(self.design, self.entity, field.name)
            made = code("{}.{}", names.sibling(self.app, self.app, "computed"), function)
            return Member(name=field.name, value=call(name("apps.core.shown", "Computed"), inner, made))
        if isinstance(field.type, types.Embedded):
            options = ["allow_null=True"] if field.optional else []
            return Member(name=field.name, value=plain(Property(name=field.name, type=field.type), *options))
        return Member(name=field.name, value=self._link(field))

    def _link(self, field: Field) -> Code:
        match field.type:
            case types.Ref():
                return call(name("apps.core.shown", "One"), self._later(field.type.target))
            case types.Many():
                here, there = names.pair_fields(self.entity, field)
                models = names.sibling(self.app, self.app, "models")
                pairs = code("lambda: {}.{}", models, names.pairs_class(self.entity, field))
                link = name("apps.core.shown", "ManyToMany")
                return call(link, self._later(field.type.target), pairs, quoted(here), quoted(there))
            case types.Parts() | types.Inverse():
                link = name("apps.core.shown", "Parts" if isinstance(field.type, types.Parts) else "Many")
                return call(link, self._later(field.type.target), quoted(field.type.by))
        raise AssertionError(f"{self.entity.name}.{field.name} is no link")

    def _later(self, target: str) -> Code:
        """`lambda: categories.CategoryRead`: apps may lead to each other."""
        entity = self.design.entity(target)
        called = "PersonRead" if target == "User" else f"{target}Read"
        label = names.app(self.design, entity)
        if label == self.app:
            return Code(f"lambda: {called}")
        module = Code(names.alias(label), frozenset({Import(f"apps.{label}", "serializers", names.alias(label))}))
        return code("lambda: {}.{}", module, called)

    def shown(self) -> tuple[str, ...]:
        """The names of what is shown."""
        found = tuple(field.name for field in parameters.shown(self.entity))
        return (*found, hyperlinks.NAME) if hyperlinks.has_hyperlinks(self.design, self.entity) else found

    def _meta(self) -> Iterator[Member]:
        entity, permissions = self.entity, names.sibling(self.app, self.app, "permissions")
        prefix = names.function(self.design, entity, "")
        yield Member(name="model", value=name(f"apps.{self.app}.models", entity.name))
        if self.phrase != names.module(entity):
            yield Member(name="name", value=Code(quoted(self.phrase)))
        yield Member(name="fields", value=Code(tuple_of(self.shown())))
        filters = name(f"apps.{self.app}.filters", f"{entity.name}Filter")
        yield Member(name="filters", value=filters)
        yield Member(name="read", value=code("{}.{}read", permissions, prefix))
        if entity.trash is not None:
            yield Member(name="live", value=code("{}.{}live", permissions, prefix))
        if is_narrowed(self.design, entity):
            yield Member(name="narrow", value=code("{}.{}narrow", permissions, prefix))
        narrowed = [found.field for found in entity.access.fields if found.read is not None]
        if narrowed:
            rules = (code("{}: {}.{}read_{}", quoted(field), permissions, prefix, field) for field in narrowed)
            yield Member(name="rules", value=code("{{{}}}", joined(", ", rules)))
        if search := tuple(field.name for field in entity.fields if field.search):
            yield Member(name="search", value=Code(tuple_of(search)))
        if sort := tuple(field for field in parameters.sortable(entity) if field not in ALWAYS_SORTED):
            yield Member(name="sort", value=Code(tuple_of(sort)))
        if entity.order != ("-id",):
            yield Member(name="order", value=Code(tuple_of(entity.order)))
        if not lasting(self.design, entity):
            yield Member(name="lasting", value=Code("False"))

    # Bodies

    def bodies(self) -> Iterator[Class]:
        create, replace, update = (
            self.contract.schema(f"{self.entity.name}{ending}") for ending in ("Create", "Replace", "Update")
        )
        yield Class(
            name=create.name,
            base=code("{}.Serializer", CORE),
            doc=f"What makes {a(self.phrase)}.{self._owned()}",
            said=(refused(create),),
            members=tuple(self.sent(found) for found in sendable(create)),
        )
        once = [found.name for found in sendable(create) if found.name not in {each.name for each in sendable(replace)}]
        fewer = (refused(replace), *(Member(name=field, value=Code("None")) for field in once)) if once else ()
        yield Class(
            name=replace.name,
            base=Code(create.name),
            doc=f"What {a(self.phrase)} becomes: what is absent returns to its default.",
            said=fewer,
        )
        yield Class(
            name=update.name,
            base=Code(replace.name if once else create.name),
            doc=f"What changes in {a(self.phrase)}: what is absent stays.",
            said=(Member(name="changes", value=Code("True")),),
        )

    def _owned(self) -> str:
        owner = next((field.name for field in self.entity.fields if field.owner), None)
        return f" `{owner}` is the caller; an admin may send another." if owner else ""

    def item(self) -> Class:
        schema = self.contract.schema(f"{self.entity.name}Item")
        sent = sendable(schema)
        needed = tuple(found.name for found in sent if found.required and found.name != "id")
        key = Member(name="id", value=self._key(self.entity.name, "required=False"))
        others = tuple(self.sent(found, absent=found.required) for found in sent if found.name != "id")
        wanted = (Member(name="needed", value=Code(tuple_of(needed))),) if needed else ()
        return Class(
            name=schema.name,
            base=code("{}.Serializer", CORE),
            doc=f"{a(self.phrase).capitalize()} within the body of what it is a part of: with `id` it changes, without "
            "it is a new one.",
            said=(refused(schema), *wanted),
            members=(key, *others),
        )

    def inputs(self, does: str) -> Iterator[Class]:
        title, words = naming.title(does), does.replace("_", " ")
        for ending, doc in (
            ("", f"What is sent to {words} {a(self.phrase)}."),
            ("Result", f"What is answered to {words} {a(self.phrase)}."),
        ):
            called = f"{title}{self.entity.name}{ending}"
            schema = next((found for found in self.contract.schemas if found.name == called), None)
            if schema is not None:
                yield Class(
                    name=called,
                    base=code("{}.{}", CORE, "Answer" if ending else "Serializer"),
                    doc=doc,
                    members=tuple(self.sent(found) for found in schema.properties),
                )

    def sent(self, found: Property, *, absent: bool = False) -> Member:
        """A field of a body."""
        options: list[Code | str] = ["allow_null=True"] if found.nullable else []
        if (
            absent
            or found.given is Given.CALLER
            or (found.default is not None and not isinstance(found.default, Literal))
        ):
            options.append("required=False")
        elif found.many:
            options.append("default=list")
        elif isinstance(found.default, Literal):
            options.append(code("default={}", self._default(found, found.default)))
        elif found.nullable and not found.required:
            options.append("default=None")
        return Member(name=found.name, value=self._field(found, *options))

    def _default(self, found: Property, given: Literal) -> Code:
        if given.value is None:
            return Code("None")
        if isinstance(found.type, types.Decimal):
            return constant(Decimal(str(given.value)).quantize(Decimal(1).scaleb(-found.type.scale)))
        if isinstance(found.type, types.Float):
            return Code(repr(float(str(given.value))))
        return constant(given.value)

    def _field(self, found: Property, *options: Code | str) -> Code:
        match found.type:
            case types.Ref():
                return self._key(found.type.target, *options)
            case types.Many():
                return call(code("{}.ListField", CORE), code("child={}", self._key(found.type.target)), *options)
            case types.Parts():
                item = f"{found.type.target}Item"
                return call(code("{}.PartsField", CORE), f"{item}()", *options)
            case _:
                return plain(found, *options)

    def _key(self, target: str, *options: Code | str) -> Code:
        kind = "UUIDField" if self.design.entity(target).ids is Ids.UUID7 else "KeyField"
        return call(code("{}.{}", CORE, kind), *options)


ALWAYS_SORTED = frozenset({"id", "created_at", "updated_at"})


def sendable(schema: Schema) -> tuple[Property, ...]:
    """What may be sent."""
    return tuple(found for found in schema.properties if not found.read_only)


def refused(schema: Schema) -> Member:
    """The names that an answer has and a body may not."""
    words = ", ".join(quoted(found.name) for found in schema.properties if found.read_only)
    return Member(name="refused", value=Code(f"frozenset({{{words}}})"))


def plain(found: Property, *options: Code | str) -> Code:
    """The field of a value, with its bounds: `serializers.DecimalField(max_digits=12, decimal_places=2)`."""
    if isinstance(found.type, types.Embedded):
        return call(name("apps.core.values", found.type.name), *(option for option in options if option))
    kind, given = FIELDS[type(found.type)](found.type)
    field = name("apps.core.phones", kind) if kind == "PhoneField" else code("{}.{}", CORE, kind)
    limits = [code("{}={}", LIMITS[bound.operator], limit(found.type, bound.value.value)) for bound in found.bounds]
    if found.pattern is not None:
        limits.append(code("pattern={}", literal(found.pattern)))
    return call(field, *given, *limits, *(option for option in options if option))


def _one(kind: str) -> Callable[[Any], tuple[str, tuple[Code | str, ...]]]:
    return lambda _: (kind, ())


def _values(type_: types.Values) -> tuple[str, tuple[Code | str, ...]]:
    return "ListField", (code("child={}", plain(Property(name="", type=type_.item))),)


FIELDS: dict[type[types.Type], Callable[[Any], tuple[str, tuple[Code | str, ...]]]] = {
    types.Text: lambda t: ("CharField", () if t.length is None else (f"max_length={t.length}",)),
    types.Email: _one("EmailField"),
    types.Url: _one("URLField"),
    types.Slug: _one("SlugField"),
    types.Phone: _one("PhoneField"),
    types.Ip: _one("IPAddressField"),
    types.Int: _one("IntegerField"),
    types.BigInt: _one("BigIntegerField"),
    types.Float: _one("FloatField"),
    types.Decimal: lambda t: ("DecimalField", (f"max_digits={t.precision}", f"decimal_places={t.scale}")),
    types.Bool: _one("BooleanField"),
    types.Date: _one("DateField"),
    types.Time: _one("TimeField"),
    types.DateTime: _one("DateTimeField"),
    types.Duration: _one("DurationField"),
    types.Uuid: _one("UUIDField"),
    types.Json: _one("JSONField"),
    types.Enum: lambda t: ("ChoiceField", (f"choices=[{', '.join(map(quoted, t.words))}]",)),
    types.Values: _values,
}
"""The class of each type's field, and what it is given."""
