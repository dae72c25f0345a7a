"""What HTTP shows of an entity: fields, links, and what can be searched and sorted."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import hyperlinks, parameters
from backsmith.contract.lasting import lasting
from backsmith.design import types
from backsmith.design.fields import is_narrowed, is_optional
from backsmith.design.model import Design, Entity, Field, Ids
from backsmith.design.naming import a
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.python.code import Code, Import, code, joined, name, quoted
from backsmith.writers.python.page import Named

ALWAYS_SORTED = frozenset({"id", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPage(Page):
    template: ClassVar[str] = "app/views/entity.py.j2"

    subject: str
    """`orders`; of a part, whose lines they are."""
    variable: str
    typed: str
    """`: View`, where a link may lead back here and type checkers would go round in circles."""
    model: Code
    phrase: str
    module: str
    fields: tuple[Named, ...]
    links: tuple[Named, ...]
    options: tuple[Code, ...]
    """What is said after the model and its name."""
    view: Code


def view_page(design: Design, entity: Entity) -> ViewPage:
    """The module of an entity's view."""
    fields = (*shown_fields(entity), *_hyperlinks(design, entity))
    view = view_class(design, entity)
    links = tuple(_link(design, entity, field) for field in linked_fields(entity))
    return ViewPage(
        subject=_subject(entity),
        variable=entity.plural,
        typed=f": {view}" if linked_fields(entity) else "",
        model=names.model(entity),
        phrase=names.phrase(entity),
        module=names.module(entity),
        fields=fields,
        links=links,
        options=(*_mapping("fields", fields), *_options(design, entity), *_mapping("links", links)),
        view=view,
    )


def view_class(design: Design, entity: Entity) -> Code:
    """The class of an entity's view."""
    if hyperlinks.has_hyperlinks(design, entity):
        return name("app.core.hyperlinks", "LinkedView")
    return name("app.core.views", "View")


def _subject(entity: Entity) -> str:
    phrases = names.phrases(entity)
    if entity.whole is None:
        return phrases
    whole = entity.field(entity.whole).type
    assert isinstance(whole, types.Ref)
    return f"{phrases}: whoever may read {a(names.phrase(whole.target))} may read them"


def shown_fields(entity: Entity) -> tuple[Named, ...]:
    """The fields of answers that are values, with their columns or functions."""
    found = (field for field in parameters.shown(entity) if not isinstance(field.type, types.ToMany))
    return tuple(Named(name=field.name, code=_value(entity, field)) for field in found)


def _value(entity: Entity, field: Field) -> Code:
    if field.computed is None:
        return code("{}.{}", names.model(entity), names.column(field))
    module = names.module(entity)
    return Code(f"computed.{field.name}", frozenset({Import("app.computed", module, "computed")}))


def linked_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that `expand` may follow."""
    return tuple(field for field in parameters.shown(entity) if isinstance(field.type, types.Ref | types.ToMany))


def _mapping(called: str, entries: tuple[Named, ...]) -> tuple[Code, ...]:
    inner = joined(", ", (code("{}: {}", quoted(entry.name), entry.code) for entry in entries))
    return (code("{}={{{}}}", called, inner),) if entries else ()


def _link(design: Design, entity: Entity, field: Field) -> Named:
    return Named(name=field.name, code=_link_code(design, entity, field))


def _link_code(design: Design, entity: Entity, field: Field) -> Code:
    match field.type:
        case types.Ref():
            return code("{}(lambda: {})", name("app.core.views", "One"), _view_of(design, entity, field.type.target))
        case types.Many():
            table = names.pairs(entity, field)
            here, there = names.pair_columns(entity, field)
            columns = (code("{}.c.{}", table, here), code("{}.c.{}", table, there))
            link = name("app.core.views", "ManyToMany")
            return code("{}(lambda: {}, {}, {})", link, _view_of(design, entity, field.type.target), *columns)
        case types.Parts() | types.Inverse():
            target = design.entity(field.type.target)
            link = name("app.core.views", "Parts" if isinstance(field.type, types.Parts) else "Many")
            by = code("{}.{}", names.model(target), names.column(target.field(field.type.by)))
            return code("{}(lambda: {}, {})", link, _view_of(design, entity, target.name), by)
        case _:
            raise AssertionError(f"{entity.name}.{field.name} is no link")


def _view_of(design: Design, entity: Entity, target: str) -> Code:
    """The view of another entity; other people see of an account its id and name."""
    variable = "people" if target == "User" else design.entity(target).plural
    if target == entity.name:
        return Code(variable)
    module, local = names.module(target), names.variable(target)
    alias = "" if module == local else local
    return Code(f"{local}.{variable}", frozenset({Import("app.views", module, alias)}))


def _hyperlinks(design: Design, entity: Entity) -> tuple[Named, ...]:
    """The field that holds the links of a row, where answers have it."""
    if not hyperlinks.has_hyperlinks(design, entity):
        return ()
    path = f"/api/{design.api.version}{names.path(entity)}"
    steps = [link for link in hyperlinks.hyperlinks(design, entity) if link.field is None and link.name != "self"]
    inner = joined(", ", (code("{}: {}", quoted(link.name), _step(entity, link)) for link in steps))
    made = code("{}({}, policy.read, {{{}}})", name("app.core.hyperlinks", "Hyperlinks"), quoted(path), inner)
    return (Named(name=hyperlinks.NAME, code=made),)


def _step(entity: Entity, link: hyperlinks.Hyperlink) -> Code:
    """What can be done with a row: `Step("POST", "/pay", policy.pay, lambda order: order.status == "draft")`."""
    row, step = names.variable(entity), name("app.core.hyperlinks", "Step")
    if not link.states:
        return code("{}({}, {}, policy.{})", step, quoted(link.method), quoted(link.path), link.rule)
    one = f" == {quoted(link.states[0])}" if len(link.states) == 1 else f".in_({_tuple(link.states)})"
    when = f"lambda {row}: {row}.{link.state}{one}"
    return code("{}({}, {}, policy.{}, {})", step, quoted(link.method), quoted(link.path), link.rule, when)


def view_variable(design: Design, target: str) -> Code:
    """The view by which rows are referred to: `users`, for those who may read all of an account."""
    return name(f"app.views.{names.module(target)}", design.entity(target).plural)


def _options(design: Design, entity: Entity) -> tuple[Code, ...]:
    """What a view says beside its fields and links."""
    search = tuple(field.name for field in entity.fields if field.search)
    sort = tuple(field for field in parameters.sortable(entity) if field not in ALWAYS_SORTED)
    return (
        Code("read=policy.read"),
        *((Code("live=policy.live"),) if entity.trash is not None else ()),
        *((Code("narrow=policy.narrow"),) if is_narrowed(design, entity) else ()),
        *_rules(entity),
        *((Code(f"search={_tuple(search)}"),) if search else ()),
        *((Code(f"sort={_tuple(sort)}"),) if sort else ()),
        *((Code(f"order={_tuple(entity.order)}"),) if entity.order != ("-id",) else ()),
        *_optional(entity),
        *((code("key={}", name("app.core.schemas", "UuidId")),) if entity.ids is Ids.UUID7 else ()),
        *((Code("lasting=False"),) if not lasting(design, entity) else ()),
    )


def _rules(entity: Entity) -> tuple[Code, ...]:
    narrowed = [found for found in entity.access.fields if found.read is not None]
    inner = ", ".join(f"{quoted(found.field)}: policy.read_{found.field}" for found in narrowed)
    return (Code(f"rules={{{inner}}}"),) if narrowed else ()


def _optional(entity: Entity) -> tuple[Code, ...]:
    found = tuple(field.name for field in entity.fields if field.computed is not None and is_optional(field))
    return (Code(f"optional={_tuple(found)}"),) if found else ()


def _tuple(words: tuple[str, ...]) -> str:
    inner = ", ".join(map(quoted, words))
    return f"({inner},)" if len(words) == 1 else f"({inner})"
