"""The first migration: every table of the design and of the application itself, for both databases."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from backsmith.design import types
from backsmith.design.model import Design, Entity, Field, Ids
from backsmith.writers.fastapi import core_tables, models, names, sqltext
from backsmith.writers.fastapi.models import Overlap
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.types import column_type
from backsmith.writers.python.code import MARK, Code, call, code, name, quoted
from backsmith.writers.python.order import late, ordered
from backsmith.writers.python.page import printed

PATH = "migrations/versions/0001_tables.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table. `items` are its columns and constraints, `indexes` the statements that make its indexes."""

    name: str
    items: tuple[Code, ...]
    indexes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A reference that PostgreSQL can only be told of when both tables are there; SQLite takes it from the start."""

    constraint: str
    table: str
    target: str
    column: str
    on_delete: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What keeps rows from overlapping on SQLite."""

    name: str
    constraint: str
    event: str
    table: str
    mine: tuple[str, ...]
    """Conditions on the row that is written."""
    others: tuple[str, ...]
    """Conditions on the rows that it must not overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What keeps rows from overlapping on PostgreSQL."""

    name: str
    table: str
    elements: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPage(Page):
    template: ClassVar[str] = "migrations/versions/tables.py.j2"

    project: str
    revision: str
    tables: tuple[Table, ...]
    late: tuple[Late, ...]
    exclusions: tuple[Exclusion, ...]
    triggers: tuple[Trigger, ...]
    dropped: tuple[str, ...]
    used: tuple[Code, ...]
    differs: bool
    """Whether the databases are told different things."""


def files(design: Design) -> dict[str, str]:
    """The first migration, by its path. Its revision is a digest of what it makes."""
    page = _page(design, revision="")
    revision = sha256(printed(page).encode()).hexdigest()[:12]
    return {PATH: STATEMENT.sub(_wrapped, printed(_page(design, revision=revision)))}


STATEMENT = re.compile(r'(?<=\n        """\n).*?(?=\n        """\n)', re.DOTALL)
"""A statement that is written out."""
WIDTH = 120


def _wrapped(statement: re.Match[str]) -> str:
    return "\n".join(piece for line in statement[0].split("\n") for piece in _pieces(line))


def _pieces(line: str) -> list[str]:
    """A line of SQL, cut at spaces outside of its texts."""
    indent = " " * (len(line) - len(line.lstrip()))
    pieces = [line]
    while len(pieces[-1]) > WIDTH:
        last = pieces.pop()
        cut = max(
            (found.start() for found in re.finditer(" ", last[:WIDTH]) if last.count("'", 0, found.start()) % 2 == 0),
            default=0,
        )
        if cut <= len(indent) + 4:
            return [*pieces, last]
        pieces += [last[:cut], f"{indent}    {last[cut + 1 :]}"]
    return pieces


def _page(design: Design, revision: str) -> MigrationPage:
    entities = ordered(design)
    cut = late(design)
    tables = (
        *(_table(design, entity, cut) for entity in entities),
        *(_pairs(design, pairs) for entity in entities for pairs in models.pairs_of(design, entity)),
        *(_core(design, table) for table in core_tables.of(design)),
    )
    overlaps = tuple(overlap for entity in entities for overlap in models.overlaps(entity))
    return MigrationPage(
        project=design.name,
        revision=revision,
        tables=tables,
        late=tuple(_late(design, *found) for found in sorted(cut)),
        exclusions=tuple(_exclusion(overlap) for overlap in overlaps),
        triggers=tuple(_trigger(overlap, event) for overlap in overlaps for event in ("insert", "update")),
        dropped=tuple(table.name for table in reversed(tables)),
        differs=bool(cut or overlaps),
        used=(name("sqlalchemy", "BigInteger"), name("sqlalchemy", "Integer"), name("alembic", "op")),
    )


# Tables


def _table(design: Design, entity: Entity, cut: frozenset[tuple[str, str]]) -> Table:
    fields = models.own_columns(entity)
    references = [field for field in fields if isinstance(field.type, types.Ref)]
    own = tuple(_column(names.column(field), _type(design, field), optional=field.optional) for field in fields)
    account = core_tables.ACCOUNT if entity.name == "User" else ()
    more = tuple(_column(column, type_, optional=optional) for column, type_, optional in account)
    checked = (plain(item) for item in models.constraints(design, entity) if "ExcludeConstraint" not in item.text)
    return Table(
        name=entity.plural,
        items=(
            *_kept(entity.ids, own + more),
            _primary_key(entity.plural, "id"),
            *(_foreign_key(design, entity, field, waits=(entity.name, field.name) in cut) for field in references),
            *checked,
            *_numbered(entity.ids),
        ),
        indexes=tuple(
            _row_index(entity.plural, names.column(f))
            for f in fields
            if models.is_indexed(entity, f) or isinstance(f.type, types.Ref)
        )
        + tuple(_made(entity, index) for index in models.indexes(design, entity)),
    )


def plain(item: Code) -> Code:
    """A constraint without what the application says about it."""
    return Code(re.sub(r", info=\{[^}]*\}", "", item.text), item.imports)


def _kept(ids: Ids, own: tuple[Code, ...]) -> tuple[Code, ...]:
    """The columns of a row that says when it was made and changed."""
    moment, integer = _core_type("UtcDateTime()"), code("{}()", name("sqlalchemy", "Integer"))
    return (
        _key(ids),
        *own,
        _column("created_at", moment, optional=False),
        _column("updated_at", moment, optional=False),
        _column("version", integer, optional=False),
    )


def _key(ids: Ids) -> Code:
    column = name("sqlalchemy", "Column")
    if ids is Ids.UUID7:
        return code('{}("id", {}(), nullable=False)', column, name("sqlalchemy", "Uuid"))
    return code('{}("id", KEY, {}(), nullable=False)', column, name("sqlalchemy", "Identity"))


def _numbered(ids: Ids) -> tuple[Code, ...]:
    return (Code("sqlite_autoincrement=True"),) if ids is Ids.INT else ()


def _column(column: str, type_: Code, *, optional: bool) -> Code:
    return call(name("sqlalchemy", "Column"), quoted(column), type_, f"nullable={optional}")


def _type(design: Design, field: Field) -> Code:
    if isinstance(field.type, types.Ref):
        return _key_type(design.entity(field.type.target).ids)
    found = column_type(field.type)
    return found if found.text.endswith(")") else code("{}()", found)


def _key_type(ids: Ids) -> Code:
    return code("{}()", name("sqlalchemy", "Uuid")) if ids is Ids.UUID7 else Code("KEY")


def _core_type(text: str) -> Code:
    return Code(text, name("app.core.types", text.partition("(")[0]).imports)


def _primary_key(table: str, *columns: str) -> Code:
    return call(
        name("sqlalchemy", "PrimaryKeyConstraint"), *map(quoted, columns), f"name={quoted(_named(table, 'pk'))}"
    )


def _named(*parts: str) -> str:
    return models.identifier(*parts)


def _foreign_key(design: Design, entity: Entity, field: Field, *, waits: bool) -> Code:
    assert isinstance(field.type, types.Ref)
    target = design.entity(field.type.target).plural
    on_delete = models.ON_DELETE[field.on_delete]
    return _reference(entity.plural, names.column(field), target, on_delete, waits=waits)


def _reference(table: str, column: str, target: str, on_delete: str, *, waits: bool = False) -> Code:
    return call(
        name("sqlalchemy", "ForeignKeyConstraint"),
        f"[{quoted(column)}]",
        f"[{quoted(f'{target}.id')}]",
        f"name={quoted(_named(table, column, 'fk'))}",
        f"ondelete={quoted(on_delete)}",
        *(["use_alter=True"] if waits else []),
    )


def _index(table: str, *columns: str, called: str | None = None) -> Code:
    named = ", ".join(map(quoted, columns))
    return Code(f"op.create_index({quoted(called or _named(table, *columns, 'index'))}, {quoted(table)}, [{named}])")


def _row_index(table: str, column: str) -> Code:
    """An index of one column as a row has it: with the id."""
    return _index(table, column, "id", called=_named(table, column, "index"))


def _made(entity: Entity, index: Code) -> Code:
    """`Index("name", "a", "b", unique=True)` as `op.create_index("name", "table", ["a", "b"], unique=True)`."""
    parts = re.fullmatch(r'Index\(("[^"]*"), (.*?)((?:, \w+=.*)?)\)', index.text.removeprefix(MARK), re.DOTALL)
    assert parts is not None
    called, columns, options = parts.groups()
    imports = frozenset(i for i in index.imports if i.name != "Index")
    return Code(f"op.create_index({called}, {quoted(entity.plural)}, [{columns}]{options})", imports)


def _pairs(design: Design, pairs: models.Pairs) -> Table:
    ends = (
        (pairs.here, pairs.here_target.removesuffix(".id")),
        (pairs.there, pairs.there_target.removesuffix(".id")),
    )
    ids = {entity.plural: entity.ids for entity in design.entities}
    return Table(
        name=pairs.table,
        items=(
            *(_column(column, _key_type(ids[target]), optional=False) for column, target in ends),
            _primary_key(pairs.table, pairs.here, pairs.there),
            *(_reference(pairs.table, column, target, "CASCADE") for column, target in ends),
        ),
        indexes=(_index(pairs.table, pairs.there),),
    )


def _core(design: Design, table: core_tables.CoreTable) -> Table:
    account = _key_type(design.entity("User").ids)
    own = tuple(
        _column(column, account if column == "user_id" else type_, optional=optional)
        for column, type_, optional in table.columns
    )
    numbered = table.key is None
    return Table(
        name=table.name,
        items=(
            *(_kept(Ids.INT, own) if numbered else own),
            _primary_key(table.name, table.key or "id"),
            *(
                _reference(table.name, column, "users", "CASCADE")
                for column, *_ in table.columns
                if column == "user_id"
            ),
            *table.constraints,
            *(_numbered(Ids.INT) if numbered else ()),
        ),
        indexes=tuple((_row_index if numbered else _index)(table.name, column) for column in table.indexed)
        + tuple(_index(table.name, *columns, called=called) for called, columns in table.indexes),
    )


# What the two databases are told differently


def _late(design: Design, entity_name: str, field_name: str) -> Late:
    entity = design.entity(entity_name)
    field = entity.field(field_name)
    assert isinstance(field.type, types.Ref)
    column = names.column(field)
    return Late(
        constraint=_named(entity.plural, column, "fk"),
        table=entity.plural,
        target=design.entity(field.type.target).plural,
        column=column,
        on_delete=models.ON_DELETE[field.on_delete],
    )


def _exclusion(overlap: Overlap) -> Exclusion:
    start, end = sqltext.quoted(overlap.start), sqltext.quoted(overlap.end)
    equal = [f"{sqltext.quoted(column)} WITH =" for column in overlap.equal]
    return Exclusion(
        name=overlap.name,
        table=sqltext.quoted(overlap.table),
        elements=(*equal, f"{overlap.range}({start}, {end}) WITH &&"),
        where=f" WHERE ({_inner(overlap.where)})" if overlap.where else "",
    )


def _inner(condition: str) -> str:
    """The condition as it stands inside a Python string of several lines."""
    return condition.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _trigger(overlap: Overlap, event: str) -> Trigger:
    start, end = sqltext.quoted(overlap.start), sqltext.quoted(overlap.end)
    equal = [f"{sqltext.quoted(column)} = NEW.{sqltext.quoted(column)}" for column in overlap.equal]
    counted = (_inner(overlap.where),) if overlap.where else ()
    return Trigger(
        name=_named(overlap.name, event),
        constraint=overlap.name,
        event=event.upper(),
        table=sqltext.quoted(overlap.table),
        mine=("id = NEW.id", *counted),
        others=("id != NEW.id", *equal, f"{start} < NEW.{end}", f"NEW.{start} < {end}", *counted),
    )
