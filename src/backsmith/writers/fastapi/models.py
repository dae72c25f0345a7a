"""Tables: columns and constraints of an entity, as its model and its migration need them."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import Comparison, Expr, Literal
from backsmith.design.fields import IN_ROW, scoped_by
from backsmith.design.model import Check, Design, Entity, Field, Given, Ids, Index, NoOverlap, OnDelete, Unique
from backsmith.writers.fastapi import names, sqltext
from backsmith.writers.fastapi.expressions import Columns, Compiler
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.types import column_type, implied, python_type
from backsmith.writers.python.code import Code, Import, call, code, name, plain, quoted
from backsmith.writers.python.literals import constant
from backsmith.writers.python.page import Named

LONGEST = 63
"""Bytes of an identifier in PostgreSQL."""

BOUND_NAMES = {Comparison.GE: "min", Comparison.GT: "above", Comparison.LE: "max", Comparison.LT: "below"}
RANGES: dict[type[types.Type], str] = {
    types.DateTime: "tstzrange",
    types.Date: "daterange",
    types.Int: "int4range",
    types.BigInt: "int8range",
    types.Decimal: "numrange",
}
ON_DELETE = {OnDelete.RESTRICT: "RESTRICT", OnDelete.CASCADE: "CASCADE", OnDelete.NULL: "SET NULL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a model."""

    name: str
    type: Code
    definition: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A `no_overlap`: an exclusion constraint on PostgreSQL, two triggers on SQLite."""

    name: str
    table: str
    equal: tuple[str, ...]
    """Columns that two rows must agree in (an optional one that is null agrees with nothing)."""
    start: str
    end: str
    range: str
    """The range's constructor on PostgreSQL: `tstzrange`."""
    where: str | None
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The table of a many-to-many field."""

    variable: str
    table: str
    here: str
    here_target: str
    there: str
    there_target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage(Page):
    template: ClassVar[str] = "app/models/entity.py.j2"

    title: str
    name: str
    base: Code
    table: str
    doc: str | None
    words: tuple[Named, ...]
    arguments: tuple[Code, ...]
    columns: tuple[Column, ...]
    pairs: tuple[Pairs, ...]
    pair_names: tuple[Code, ...]


def model_page(design: Design, entity: Entity) -> ModelPage:
    """The module of an entity's table."""
    pairs = pairs_of(design, entity)
    used = ("Column", "ForeignKey", "Table") if pairs else ()
    return ModelPage(
        title=title(design, entity),
        name=entity.name,
        base=name("app.core.uuids", "UuidRow") if entity.ids is Ids.UUID7 else name("app.core.database", "Row"),
        table=entity.plural,
        doc=entity.doc,
        words=words_of(entity),
        arguments=constraints(design, entity) + indexes(design, entity),
        columns=tuple(column(design, entity, field) for field in own_columns(entity)),
        pairs=pairs,
        pair_names=tuple(name("sqlalchemy", word) for word in used)
        + ((name("app.core.database", "Base"),) if pairs else ()),
    )


def title(design: Design, entity: Entity) -> str:
    """`Orders`, `The lines of orders`: for the first line of a module."""
    phrase = names.phrases(entity)
    if entity.whole is None:
        return phrase[0].upper() + phrase[1:]
    whole = entity.field(entity.whole).type
    assert isinstance(whole, types.Ref)
    return f"{phrase[0].upper() + phrase[1:]}, the parts of {names.phrases(design.entity(whole.target))}"


def own_columns(entity: Entity) -> tuple[Field, ...]:
    """The fields that the model declares: stored, and not those that every row has."""
    return tuple(field for field in entity.fields if field.stored and field.name not in IN_ROW)


def words_name(entity: Entity, field: Field) -> Code:
    """The alias of a field's words: `OrderStatus`."""
    assert isinstance(field.type, types.Enum)
    if field.type.name is not None:
        return name("app.models.enums", field.type.name)
    own = "".join(part.capitalize() for part in field.name.split("_"))
    return name(f"app.models.{names.module(entity)}", f"{entity.name}{own}")


def words_of(entity: Entity) -> tuple[Named, ...]:
    """The aliases that the entity's module defines."""
    return tuple(
        Named(name=words_name(entity, field).text, code=python_type(field.type))
        for field in own_columns(entity)
        if isinstance(field.type, types.Enum) and field.type.name is None
    )


def value_type(design: Design, entity: Entity, field: Field) -> Code:
    """The Python type of a stored value, without `| None`."""
    match field.type:
        case types.Ref():
            return key_type(design, field.type.target)
        case types.Enum():
            return words_name(entity, field)
        case _:
            return unshadowed(python_type(field.type), entity)


def unshadowed(type_: Code, entity: Entity) -> Code:
    """A class body that has a field `date` cannot say `date` for the type any more: `dt.date`."""
    taken = {field.name for field in entity.fields}
    if plain(type_.text) not in taken:
        return type_
    (origin,) = type_.imports
    return Code(f"dt.{origin.name}", frozenset({Import(origin.module, "", "dt")}))


def key_type(design: Design, target: str) -> Code:
    """The Python type of an entity's ids."""
    return python_type(types.Uuid()) if design.entity(target).ids is Ids.UUID7 else Code("int")


def column(design: Design, entity: Entity, field: Field) -> Column:
    """`price: Mapped[Decimal] = mapped_column(Exact(12, 2))`."""
    type_ = _own(entity, value_type(design, entity, field))
    if field.optional:
        type_ = code("{} | None", type_)
    arguments = (*column_arguments(design, entity, field), *_defaulted(field), *_told(entity, field))
    definition = code(" = {}", call(name("sqlalchemy.orm", "mapped_column"), *arguments)) if arguments else Code("")
    return Column(
        name=names.column(field), type=code("{}[{}]", name("sqlalchemy.orm", "Mapped"), type_), definition=definition
    )


def _told(entity: Entity, field: Field) -> tuple[Code, ...]:
    """What the column says of itself: that no body has it, and that it leads to the whole that a row is a part of."""
    if field.name == entity.whole:
        return (Code('info={"field": None, "whole": True}'),)
    if field.name == scoped_by(entity):
        return (Code('info={"field": None, "tenant": True}'),)
    hidden = isinstance(field.type, types.Ref) and field.given is Given.SERVER
    return (Code('info={"field": None}'),) if hidden else ()


def column_arguments(design: Design, entity: Entity, field: Field) -> tuple[Code, ...]:
    """What stands in a model's `mapped_column(...)` beside the default."""
    if isinstance(field.type, types.Ref):
        return (foreign_key(design, field), Code("index=True"))
    type_ = () if implied(field.type) else (_column_type(entity, field),)
    return (*type_, Code("index=True")) if is_indexed(entity, field) else type_


def is_indexed(entity: Entity, field: Field) -> bool:
    """Whether a value has an index of its own: not where uniqueness has one that serves as well."""
    return field.index and not any(unique.fields[-1] == field.name for unique in entity.unique)


def _column_type(entity: Entity, field: Field) -> Code:
    if isinstance(field.type, types.Enum):
        return call(name("app.core.types", "Words"), _own(entity, words_name(entity, field)))
    return column_type(field.type)


def _own(entity: Entity, alias: Code) -> Code:
    """A name without its import, where it is defined in the entity's own module."""
    return Code(alias.text) if any(i.module == f"app.models.{names.module(entity)}" for i in alias.imports) else alias


def foreign_key(design: Design, field: Field) -> Code:
    """`ForeignKey("users.id", ondelete="RESTRICT")`."""
    assert isinstance(field.type, types.Ref)
    table = design.entity(field.type.target).plural
    return call(name("sqlalchemy", "ForeignKey"), f'"{table}.id"', f'ondelete="{ON_DELETE[field.on_delete]}"')


def _defaulted(field: Field) -> tuple[Code, ...]:
    if not isinstance(field.default, Literal) or field.default.value is None:
        return ()
    return (code("default={}", stored_constant(field, field.default)),)


def stored_constant(field: Field, given: Literal) -> Code:
    """A default in Python, with the places of its type."""
    if isinstance(field.type, types.Decimal):
        return constant(Decimal(str(given.value)).quantize(Decimal(1).scaleb(-field.type.scale)))
    if isinstance(field.type, types.Float):
        return constant(float(str(given.value)))
    return constant(given.value)


# Constraints


def identifier(*parts: str) -> str:
    """A name for a constraint or an index, short enough for PostgreSQL."""
    whole = "_".join(parts)
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST - 9]}_{mark}"


def constraints(design: Design, entity: Entity) -> tuple[Code, ...]:
    """The table's constraints, as they stand in `__table_args__`."""
    return (
        *(check for field in own_columns(entity) for check in _checks_of(entity, field)),
        *(_check(design, entity, check) for check in entity.checks),
        *(_ordered(entity, *span) for span in dict.fromkeys((each.start, each.end) for each in entity.no_overlap)),
        *(_unique(entity, unique) for unique in uniques(entity) if unique.where is None),
        *(exclusion(overlap) for overlap in overlaps(entity)),
    )


def _checks_of(entity: Entity, field: Field) -> tuple[Code, ...]:
    return (*_choice(entity, field), *(_bound(entity, field, bound.operator, bound.value) for bound in field.bounds))


def _choice(entity: Entity, field: Field) -> tuple[Code, ...]:
    if not isinstance(field.type, types.Enum):
        return ()
    words = ", ".join(f"'{word}'" for word in field.type.words)
    text = f"{sqltext.quoted(field.name)} IN ({words})"
    return (_check_code(quoted(text), identifier(entity.plural, field.name, "choice"), field.name),)


def _bound(entity: Entity, field: Field, operator: Comparison, value: Literal) -> Code:
    constraint = identifier(entity.plural, field.name, BOUND_NAMES[operator])
    is_plain = isinstance(value.value, int) and not isinstance(field.type, types.Decimal)
    if not is_plain and value.value != 0:
        given = stored_constant(field, value)
        column_ = call(name("sqlalchemy", "column"), quoted(field.name), column_type(field.type))
        return _check_code(code("{} {} {}", column_, operator, given), constraint, field.name)
    text = f"{sqltext.quoted(field.name)} {operator} {value.value}"
    return _check_code(quoted(text), constraint, field.name)


def _check(design: Design, entity: Entity, check: Check) -> Code:
    text = sqltext.condition(entity, check.condition)
    return call(
        name("sqlalchemy", "CheckConstraint"),
        Code(quoted(text)) if text else _expression(design, entity, check.condition),
        f"name={quoted(identifier(entity.plural, check.name))}",
        f'info={{"rule": {quoted(check.text)}}}',
    )


def _expression(design: Design, entity: Entity, condition: Expr) -> Code:
    """A condition that no text says alike on both databases, over columns that are named."""
    return Compiler(design, Columns(entity)).condition(condition)


def _check_code(condition: Code | str, constraint: str, field: str | None) -> Code:
    info = [f'info={{"field": {quoted(field)}}}'] if field else []
    return call(name("sqlalchemy", "CheckConstraint"), condition, f"name={quoted(constraint)}", *info)


def _ordered(entity: Entity, start: str, end: str) -> Code:
    columns = [sqltext.quoted(names.column(entity.field(side))) for side in (start, end)]
    return _check_code(quoted(" < ".join(columns)), identifier(entity.plural, start, end, "order"), end)


def uniques(entity: Entity) -> tuple[Unique, ...]:
    """Every uniqueness of the table, those of single fields first."""
    single = tuple(Unique(fields=(field.name,)) for field in own_columns(entity) if field.unique)
    return single + entity.unique


def _unique(entity: Entity, unique: Unique) -> Code:
    columns = [quoted(names.column(entity.field(field))) for field in unique.fields]
    return call(name("sqlalchemy", "UniqueConstraint"), *columns, f"name={quoted(unique_name(entity, unique))}")


def unique_name(entity: Entity, unique: Unique) -> str:
    """`order_lines_order_product_unique`."""
    same = [other for other in uniques(entity) if other.fields == unique.fields]
    number = [str(same.index(unique) + 1)] if len(same) > 1 else []
    return identifier(entity.plural, *unique.fields, "unique", *number)


def overlaps(entity: Entity) -> tuple[Overlap, ...]:
    """What must not overlap."""
    return tuple(
        Overlap(
            name=_overlap_name(entity, overlap),
            table=entity.plural,
            equal=tuple(names.column(entity.field(field)) for field in overlap.fields),
            start=names.column(entity.field(overlap.start)),
            end=names.column(entity.field(overlap.end)),
            range=RANGES[type(entity.field(overlap.start).type)],
            where=None if overlap.where is None else sqltext.condition(entity, overlap.where),
            field=overlap.start,
        )
        for overlap in entity.no_overlap
    )


def _overlap_name(entity: Entity, overlap: NoOverlap) -> str:
    """`bookings_room_starts_at_overlap`."""
    alike = [each for each in entity.no_overlap if (each.fields, each.start) == (overlap.fields, overlap.start)]
    number = [str(alike.index(overlap) + 1)] if len(alike) > 1 else []
    return identifier(entity.plural, *overlap.fields, overlap.start, "overlap", *number)


def exclusion(overlap: Overlap) -> Code:
    """The exclusion constraint, on PostgreSQL only."""
    text = name("sqlalchemy", "text")
    range_ = f"{overlap.range}({sqltext.quoted(overlap.start)}, {sqltext.quoted(overlap.end)})"
    elements = [Code(f'("{column}", "=")') for column in overlap.equal]
    elements.append(code('({}, "&&")', call(text, quoted(range_))))
    where = [code("where={}", call(text, quoted(overlap.where)))] if overlap.where else []
    made = call(
        name("sqlalchemy.dialects.postgresql", "ExcludeConstraint"),
        *elements,
        f"name={quoted(overlap.name)}",
        'using="gist"',
        *where,
        f'info={{"field": {quoted(overlap.field)}}}',
    )
    return code('{}.ddl_if(dialect="postgresql")', made)


def indexes(design: Design, entity: Entity) -> tuple[Code, ...]:
    """The table's indexes beside those of single columns."""
    partial = (unique for unique in uniques(entity) if unique.where is not None)
    return (
        *(
            _index(design, entity, unique_name(entity, unique), unique.fields, unique.where, unique=True)
            for unique in partial
        ),
        *(_index(design, entity, index_name(entity, index), index.fields, index.where) for index in entity.indexes),
    )


def index_name(entity: Entity, index: Index) -> str:
    """`products_category_price_index`."""
    plain = [[field.removeprefix("-") for field in each.fields] for each in entity.indexes]
    own = plain[entity.indexes.index(index)]
    number = [str(sum(fields == own for fields in plain[: entity.indexes.index(index)]) + 1)]
    return identifier(entity.plural, *own, "index", *(number if plain.count(own) > 1 else ()))


def _index(
    design: Design, entity: Entity, called: str, fields: tuple[str, ...], where: Expr | None, *, unique: bool = False
) -> Code:
    columns = [_indexed(entity, field) for field in fields]
    options = [Code("unique=True")] if unique else []
    if where is not None:
        text = sqltext.condition(entity, where)
        condition = Code(quoted(text)) if text else _expression(design, entity, where)
        if text:
            condition = call(name("sqlalchemy", "text"), condition)
        options += [code("postgresql_where={}", condition), code("sqlite_where={}", condition)]
    return call(name("sqlalchemy", "Index"), quoted(called), *columns, *options)


def _indexed(entity: Entity, field: str) -> Code:
    column_ = names.column(entity.field(field.removeprefix("-")))
    return Code(quoted(column_))


def pairs_of(design: Design, entity: Entity) -> tuple[Pairs, ...]:
    """The many-to-many tables that the entity's module defines."""
    found = []
    for field in entity.fields:
        if isinstance(field.type, types.Many):
            here, there = names.pair_columns(entity, field)
            table = names.pairs(entity, field).text
            found.append(
                Pairs(
                    variable=table,
                    table=table,
                    here=here,
                    here_target=f"{entity.plural}.id",
                    there=there,
                    there_target=f"{design.entity(field.type.target).plural}.id",
                )
            )
    return tuple(found)
