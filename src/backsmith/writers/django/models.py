"""Tables: the fields, constraints and indexes of an entity, as its model and its migration need them."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import Comparison, Expr, Literal
from backsmith.design.fields import IN_ROW, scoped_by
from backsmith.design.model import Design, Entity, Field, Given, Ids, Index, NoOverlap, OnDelete, Unique
from backsmith.writers.django import names
from backsmith.writers.django.enums import Choices, choices_name, choices_of, frozen, member
from backsmith.writers.django.expressions import LOOKUPS, Compiler
from backsmith.writers.django.page import Page
from backsmith.writers.django.types import FIELDS, MODELS, model_field
from backsmith.writers.python.code import Code, call, code, name, quoted, tuple_of
from backsmith.writers.python.literals import constant
from backsmith.writers.python.page import Named

LONGEST = 63
"""Bytes of an identifier in PostgreSQL."""

BOUND_NAMES = {Comparison.GE: "min", Comparison.GT: "above", Comparison.LE: "max", Comparison.LT: "below"}
ON_DELETE = {OnDelete.RESTRICT: "RESTRICT", OnDelete.CASCADE: "CASCADE", OnDelete.NULL: "SET_NULL"}
Q, F = name("django.db.models", "Q"), name("django.db.models", "F")
CHECK, UNIQUE = code("{}.CheckConstraint", MODELS), code("{}.UniqueConstraint", MODELS)
INDEX, NO_OVERLAP = name("apps.core.models", "Index"), name("apps.core.overlap", "NoOverlap")

ACCOUNT = (
    Named(name="verified_at", code=code("{}.DateTimeField(null=True, blank=True)", MODELS)),
    Named(
        name="password",
        code=code('{}.CharField(max_length=200, null=True, editable=False, db_column="password_hash")', FIELDS),
    ),
)
"""What the application keeps of an account, and no design speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One class of models. `options` are what its `Meta` says."""

    name: str
    base: Code
    doc: str
    fields: tuple[Named, ...]
    options: tuple[Named, ...]
    constraints: tuple[Code, ...]
    indexes: tuple[Code, ...]
    called: Code | None = None
    """What a row says of itself."""
    read: str = ""
    """The rule of reading: its function in `permissions`."""
    phrases: str = ""
    whole: str = ""
    """Of a part: the field that names what it is a part of."""
    tenant: str = ""
    """The field that names the tenant, where the rows are kept apart."""
    choices: tuple[Choices, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsPage(Page):
    template: ClassVar[str] = "apps/models.py.j2"

    title: str
    models: tuple[Model, ...]
    used: tuple[Code, ...]


def models_page(design: Design, label: str) -> ModelsPage:
    """The models of an app."""
    entities = names.apps(design)[label]
    found = tuple(model for entity in entities for model in (model_of(design, entity), *pair_models(design, entity)))
    phrases = [names.phrases(entity) for entity in entities]
    title = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    used = [name(f"apps.{label}", "permissions"), name("apps.core.caller", "Caller"), name("typing", "Self")]
    used.append(name("apps.core.models", "RuledQuerySet"))
    used += [MODELS] if any(model.choices for model in found) else []
    return ModelsPage(title=title[0].upper() + title[1:], models=found, used=tuple(used))


def model_of(design: Design, entity: Entity, *, frozen: bool = False) -> Model:
    """The class of an entity. frozen: as a migration keeps it, which knows no class of choices."""
    fields = [field for field in entity.fields if field.name not in IN_ROW]
    own = [Named(name=f.name, code=field_code(design, entity, f, frozen=frozen)) for f in fields if f.stored]
    if entity.builtin and entity.name == "User":
        active = code("{}.BooleanField(default=True)", MODELS)
        own = [Named(name=each.name, code=active) if each.name == "active" else each for each in own]
        own += ACCOUNT
    many = [Named(name=f.name, code=many_code(design, entity, f)) for f in fields if isinstance(f.type, types.Many)]
    return Model(
        name=entity.name,
        base=base_of(entity),
        doc=entity.doc or "",
        fields=tuple(sorted((*own, *many), key=lambda each: each.name in ("fields", "models"))),
        options=options_of(entity),
        constraints=constraints(design, entity, frozen=frozen),
        indexes=indexes(design, entity),
        called=called(entity),
        read=names.function(design, entity, "read"),
        phrases=names.phrases(entity),
        whole=entity.whole or "",
        tenant=scoped_by(entity) or "",
        choices=choices_of(entity),
    )


def base_of(entity: Entity) -> Code:
    """The class that knows the key."""
    return name("apps.core.uuids", "UuidRow") if entity.ids is Ids.UUID7 else name("apps.core.models", "Row")


def options_of(entity: Entity) -> tuple[Named, ...]:
    """What `Meta` says beside constraints and indexes."""
    found = [Named(name="db_table", code=Code(quoted(entity.plural)))]
    if entity.builtin and entity.name == "User":
        return (*found, Named(name="verbose_name", code=Code('"account"')))
    if names.phrases(entity) != f"{names.phrase(entity)}s":
        found.append(Named(name="verbose_name_plural", code=Code(quoted(names.phrases(entity)))))
    return tuple(found)


def called(entity: Entity) -> Code:
    """What a row is called where people choose one: `self.name`."""
    known = [
        field.name
        for field in entity.fields
        if isinstance(field.type, types.Text | types.Slug | types.Email) and field.stored
        if not (field.optional or field.private)
    ]
    best = next((wanted for wanted in ("name", "title", "label") if wanted in known), known[0] if known else None)
    return Code(f"str(self.{best})") if best else Code(f'f"{names.phrase(entity)} {{self.pk}}"')


def own_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that the model declares as columns."""
    return tuple(field for field in entity.fields if field.stored and field.name not in IN_ROW)


# Fields


def field_code(design: Design, entity: Entity, field: Field, *, frozen: bool = False) -> Code:
    """`fields.DecimalField(max_digits=12, decimal_places=2)`."""
    optional = [Code("null=True"), Code("blank=True")] if field.optional else []
    if isinstance(field.type, types.Ref):
        target = design.entity(field.type.target)
        inside = field.name in (entity.whole, scoped_by(entity))
        return call(
            code("{}.ForeignKey", FIELDS),
            quoted(names.label(design, target)),
            code("on_delete={}.{}", MODELS, ON_DELETE[field.on_delete]),
            f"related_name={quoted(related_name(design, entity, field))}",
            *optional,
            *(["editable=False"] if field.given is Given.SERVER and not inside else []),
        )
    if isinstance(field.type, types.Values) and isinstance(field.type.item, types.Enum) and entity.name != "User":
        return call(code("{}.ListField", FIELDS), code("item={}", _word(field.type.item)), *optional)
    return model_field(field.type, *_choices(entity, field, frozen), *optional, *_default(entity, field, frozen))


def _word(enum: types.Enum) -> Code:
    """A field of one of these words."""
    return model_field(enum, f"choices={frozen(enum)}")


def _choices(entity: Entity, field: Field, is_frozen: bool) -> tuple[Code, ...]:
    if not isinstance(field.type, types.Enum):
        return ()
    listed = Code(frozen(field.type)) if is_frozen else choices_name(entity, field)
    return (code("choices={}", listed),)


def _default(entity: Entity, field: Field, is_frozen: bool) -> tuple[Code, ...]:
    if not isinstance(field.default, Literal) or field.default.value is None:
        return ()
    if isinstance(field.type, types.Enum) and not is_frozen:
        return (code("default={}", member(entity, field, field.default.value)),)
    return (code("default={}", stored_constant(field, field.default)),)


def stored_constant(field: Field, given: Literal) -> Code:
    """A constant in Python, with the places of the field's type."""
    if isinstance(field.type, types.Decimal):
        return constant(Decimal(str(given.value)).quantize(Decimal(1).scaleb(-field.type.scale)))
    if isinstance(field.type, types.Float):
        return constant(float(str(given.value)))
    return constant(given.value)


def related_name(design: Design, entity: Entity, field: Field) -> str:
    """What the row that a reference leads to calls the rows that refer to it."""
    assert isinstance(field.type, types.Ref)
    for other in design.entity(field.type.target).fields:
        if isinstance(other.type, types.Parts | types.Inverse) and (other.type.target, other.type.by) == (
            entity.name,
            field.name,
        ):
            return other.name
    return "+"


def many_code(design: Design, entity: Entity, field: Field) -> Code:
    """`models.ManyToManyField("tags.Tag", through="products.ProductTags", related_name="+")`."""
    assert isinstance(field.type, types.Many)
    target = design.entity(field.type.target)
    through = f"{names.app(design, entity)}.{names.pairs_class(entity, field)}"
    told = [f"through={quoted(through)}"]
    if target == entity:
        told += [f"through_fields={tuple_of(names.pair_fields(entity, field))}", "symmetrical=False"]
    return call(code("{}.ManyToManyField", MODELS), quoted(names.label(design, target)), *told, 'related_name="+"')


def pair_models(design: Design, entity: Entity) -> tuple[Model, ...]:
    """The classes of the many-to-many tables that the entity's app defines."""
    return tuple(pair_model(design, entity, field) for field in entity.fields if isinstance(field.type, types.Many))


def pair_model(design: Design, entity: Entity, field: Field) -> Model:
    """The class of a many-to-many table."""
    assert isinstance(field.type, types.Many)
    here, there = names.pair_fields(entity, field)
    table = names.pairs_table(entity, field)
    ends = ((here, entity), (there, design.entity(field.type.target)))
    return Model(
        name=names.pairs_class(entity, field),
        base=name("apps.core.models", "Pair"),
        doc=f"Which {names.phrase(entity)} has which {field.name.replace('_', ' ')}.",
        fields=tuple(Named(name=end, code=_end(design, target)) for end, target in ends),
        options=(Named(name="db_table", code=Code(quoted(table))),),
        constraints=(_unique_code(identifier(table, here, there, "unique"), (here, there)),),
        indexes=(_index_code(identifier(table, f"{there}_id", "index"), (there,)),),
    )


def _end(design: Design, target: Entity) -> Code:
    label, cascade = quoted(names.label(design, target)), code("on_delete={}.CASCADE", MODELS)
    return call(code("{}.ForeignKey", FIELDS), label, cascade, 'related_name="+"')


# Constraints


def identifier(*parts: str) -> str:
    """A name for a constraint or an index, short enough for PostgreSQL."""
    whole = "_".join(parts)
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST - 9]}_{mark}"


def constraints(design: Design, entity: Entity, *, frozen: bool = False) -> tuple[Code, ...]:
    """The table's constraints."""
    spans = dict.fromkeys((each.start, each.end) for each in entity.no_overlap)
    return (
        *(check for field in own_fields(entity) for check in _checks_of(entity, field, frozen)),
        *(
            _check_code(
                _condition(design, entity, check.condition, strict=True),
                identifier(entity.plural, check.name),
                'violation_error_code="check"',
                f"violation_error_message={quoted(f'This has to hold: {check.text}')}",
            )
            for check in entity.checks
        ),
        *(_ordered(entity, *span) for span in spans),
        *(
            _unique_code(unique_name(entity, unique), unique.fields, _where(design, entity, unique.where))
            for unique in uniques(entity)
        ),
        *(_no_overlap(design, entity, overlap) for overlap in entity.no_overlap),
    )


def _condition(design: Design, entity: Entity, expr: Expr, *, strict: bool = False) -> Code:
    return Compiler(design, entity, names.app(design, entity), caller=False).rule(expr, strict=strict)


def _where(design: Design, entity: Entity, expr: Expr | None) -> tuple[Code, ...]:
    return () if expr is None else (code("condition={}", _condition(design, entity, expr)),)


def _checks_of(entity: Entity, field: Field, is_frozen: bool) -> tuple[Code, ...]:
    bounds = (
        _check_code(
            call(Q, code("{}={}", field.name + LOOKUPS[bound.operator][0], _bound(field, bound.value))),
            identifier(entity.plural, field.name, BOUND_NAMES[bound.operator]),
        )
        for bound in field.bounds
    )
    return (*_choice(entity, field, is_frozen), *bounds)


def _choice(entity: Entity, field: Field, is_frozen: bool) -> tuple[Code, ...]:
    if not isinstance(field.type, types.Enum):
        return ()
    listed = Code(f"[{', '.join(map(quoted, field.type.words))}]")
    words = listed if is_frozen else code("{}.values", choices_name(entity, field))
    condition = call(Q, code("{}__in={}", field.name, words))
    return (_check_code(condition, identifier(entity.plural, field.name, "choice")),)


def _bound(field: Field, value: Literal) -> Code:
    whole = isinstance(value.value, int | Decimal) and value.value == int(value.value)
    return constant(int(str(value.value).partition(".")[0])) if whole else stored_constant(field, value)


def _check_code(condition: Code, constraint: str, *told: str) -> Code:
    return call(CHECK, code("condition={}", condition), f"name={quoted(constraint)}", *told)


def _ordered(entity: Entity, start: str, end: str) -> Code:
    condition = call(Q, code("{}__gt={}", end, call(F, quoted(start))))
    columns = [names.column(entity.field(side)) for side in (start, end)]
    return _check_code(condition, identifier(entity.plural, *columns, "order"))


def uniques(entity: Entity) -> tuple[Unique, ...]:
    """Every uniqueness of the table, those of single fields first."""
    single = tuple(Unique(fields=(field.name,)) for field in own_fields(entity) if field.unique)
    return single + entity.unique


def unique_name(entity: Entity, unique: Unique) -> str:
    """`order_lines_order_product_unique`."""
    same = [other for other in uniques(entity) if other.fields == unique.fields]
    number = [str(same.index(unique) + 1)] if len(same) > 1 else []
    return identifier(entity.plural, *unique.fields, "unique", *number)


def _unique_code(called: str, fields: tuple[str, ...], told: tuple[Code, ...] = ()) -> Code:
    return call(UNIQUE, _listed(fields), *told, f"name={quoted(called)}")


def _listed(fields: tuple[str, ...]) -> str:
    return f"fields=[{', '.join(map(quoted, fields))}]"


def overlap_name(entity: Entity, overlap: NoOverlap) -> str:
    """`bookings_room_starts_at_overlap`."""
    alike = [each for each in entity.no_overlap if (each.fields, each.start) == (overlap.fields, overlap.start)]
    number = [str(alike.index(overlap) + 1)] if len(alike) > 1 else []
    return identifier(entity.plural, *overlap.fields, overlap.start, "overlap", *number)


def _no_overlap(design: Design, entity: Entity, overlap: NoOverlap) -> Code:
    span = f"start={quoted(overlap.start)}", f"end={quoted(overlap.end)}"
    where = _where(design, entity, overlap.where)
    fields = f"fields=({', '.join(map(quoted, overlap.fields))}{',' if len(overlap.fields) == 1 else ''})"
    return call(NO_OVERLAP, fields, *span, *where, f"name={quoted(overlap_name(entity, overlap))}")


# Indexes


def is_indexed(entity: Entity, field: Field) -> bool:
    """Whether a value has an index of its own: not where uniqueness has one that serves as well."""
    if isinstance(field.type, types.Ref):
        return True
    return field.index and not any(unique.fields[-1] == field.name for unique in entity.unique)


def indexes(design: Design, entity: Entity) -> tuple[Code, ...]:
    """The table's indexes. Those of one column have the id too."""
    single = (
        _index_code(identifier(entity.plural, names.column(field), "index"), (field.name, "id"))
        for field in own_fields(entity)
        if is_indexed(entity, field)
    )
    several = (
        _index_code(
            index_name(entity, index),
            tuple(field.removeprefix("-") for field in index.fields),
            _where(design, entity, index.where),
        )
        for index in entity.indexes
    )
    return (*single, *several)


def index_name(entity: Entity, index: Index) -> str:
    """`products_category_price_index`."""
    bare = [[field.removeprefix("-") for field in each.fields] for each in entity.indexes]
    own = bare[entity.indexes.index(index)]
    number = [str(sum(fields == own for fields in bare[: entity.indexes.index(index)]) + 1)]
    return identifier(entity.plural, *own, "index", *(number if bare.count(own) > 1 else ()))


def _index_code(called: str, fields: tuple[str, ...], told: tuple[Code, ...] = ()) -> Code:
    return call(INDEX, _listed(fields), *told, f"name={quoted(called)}")
