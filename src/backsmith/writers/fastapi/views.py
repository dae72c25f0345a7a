"""What HTTP shows of an entity: fields, links, and what can be searched and sorted."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import parameters
from backsmith.design import types
from backsmith.design.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    In,
    Negative,
    Not,
    Now,
    Or,
    Path,
    Today,
    User,
)
from backsmith.design.model import Design, Entity, Field, Ids
from backsmith.writers.fastapi import names, policies
from backsmith.writers.fastapi.code import Code, Import, code, joined, name, quoted
from backsmith.writers.fastapi.page import Named, Page

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
    fields = shown_fields(entity)
    links = tuple(_link(design, entity, field) for field in linked_fields(entity))
    return ViewPage(
        subject=_subject(entity),
        variable=entity.plural,
        typed=": View" if linked_fields(entity) else "",
        model=names.model(entity),
        phrase=names.phrase(entity),
        module=names.module(entity),
        fields=fields,
        links=links,
        options=(*_mapping("fields", fields), *_options(entity), *_mapping("links", links)),
        view=name("app.core.views", "View"),
    )


def _subject(entity: Entity) -> str:
    phrases = names.phrases(entity)
    if entity.whole is None:
        return phrases
    whole = entity.field(entity.whole).type
    assert isinstance(whole, types.Ref)
    return f"{phrases}: whoever may read {a(names.phrase(whole.target))} may read them"


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeio' or noun.startswith('un') else 'a'} {noun}"


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


def view_variable(design: Design, target: str) -> Code:
    """The view by which rows are referred to: `users`, for those who may read all of an account."""
    return name(f"app.views.{names.module(target)}", design.entity(target).plural)


def _options(entity: Entity) -> tuple[Code, ...]:
    """What a view says beside its fields and links."""
    search = tuple(field.name for field in entity.fields if field.search)
    sort = tuple(field for field in parameters.sortable(entity) if field not in ALWAYS_SORTED)
    return (
        Code("read=policy.read"),
        *((Code("live=policy.live"),) if entity.trash is not None else ()),
        *((Code("narrow=policy.narrow"),) if policies.is_narrowed(entity) else ()),
        *_rules(entity),
        *((Code(f"search={_tuple(search)}"),) if search else ()),
        *((Code(f"sort={_tuple(sort)}"),) if sort else ()),
        *((Code(f"order={_tuple(entity.order)}"),) if entity.order != ("-id",) else ()),
        *_optional(entity),
        *((code("key={}", name("app.core.schemas", "UuidId")),) if entity.ids is Ids.UUID7 else ()),
        *((Code("lasting=False"),) if not lasting(entity) else ()),
    )


def _rules(entity: Entity) -> tuple[Code, ...]:
    narrowed = [found for found in entity.access.fields if found.read is not None]
    inner = ", ".join(f"{quoted(found.field)}: policy.read_{found.field}" for found in narrowed)
    return (Code(f"rules={{{inner}}}"),) if narrowed else ()


def _optional(entity: Entity) -> tuple[Code, ...]:
    found = tuple(field.name for field in entity.fields if field.computed is not None and is_optional(field))
    return (Code(f"optional={_tuple(found)}"),) if found else ()


def is_optional(field: Field) -> bool:
    """Whether a computed field may have no value."""
    nullable = field.computed is not None and field.computed.may_be_null and not isinstance(field.type, types.Bool)
    return field.optional or nullable


def _tuple(words: tuple[str, ...]) -> str:
    inner = ", ".join(map(quoted, words))
    return f"({inner},)" if len(words) == 1 else f"({inner})"


def lasting(entity: Entity) -> bool:
    """Whether every change of the answer raises the row's version: computed fields look at it and its parts only."""
    return all(field.computed is None or field.private or _within(entity, field.computed) for field in entity.fields)


def _within(entity: Entity, expr: Expr) -> bool:
    match expr:
        case Path():
            own = len(expr.steps) == 1 and expr.entity == entity.name
            field = entity.field(expr.steps[0]) if own else None
            return field is not None and (field.computed is None or _within(entity, field.computed))
        case Now() | Today() | User():
            return False
        case And() | Or():
            return all(_within(entity, operand) for operand in expr.operands)
        case Not() | Negative():
            return _within(entity, expr.operand)
        case Compare() | Arithmetic():
            return _within(entity, expr.left) and _within(entity, expr.right)
        case In():
            return isinstance(expr.right, tuple) and _within(entity, expr.left)
        case Call():
            return all(_within(entity, argument) for argument in expr.arguments)
        case Aggregate():
            parts = len(expr.over.steps) == 1 and isinstance(entity.field(expr.over.steps[0]).type, types.Parts)
            return parts and (expr.operand is None or _of_part(expr.operand))
        case _:
            return True


def _of_part(expr: Expr) -> bool:
    """Whether an expression looks at stored columns of the part alone."""
    match expr:
        case Path():
            return len(expr.steps) == 1
        case Now() | Today() | User() | Aggregate():
            return False
        case And() | Or():
            return all(_of_part(operand) for operand in expr.operands)
        case Not() | Negative():
            return _of_part(expr.operand)
        case Compare() | Arithmetic():
            return _of_part(expr.left) and _of_part(expr.right)
        case In():
            return isinstance(expr.right, tuple) and _of_part(expr.left)
        case Call():
            return all(_of_part(argument) for argument in expr.arguments)
        case _:
            return True
