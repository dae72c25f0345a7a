"""What a backend is. Frozen values; every reader ends here, and nothing after it knows where a design came from.

A design is *written* as its reader found it, and *lowered* once every pass of `backsmith.features` has been over
it. Fields and expressions name other things by name; `check.py` has made sure that the names exist.

"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backsmith.design import types
from backsmith.design.expressions import Collection, Comparison, Expr, Literal, Path
from backsmith.diagnostics.origin import Origin


class OnDelete(StrEnum):
    """What happens to a row when the row that it refers to is deleted."""

    RESTRICT, CASCADE, NULL = "restrict", "cascade", "null"


class Given(StrEnum):
    """Who gives a field its value."""

    CLIENT = "client"
    """Sent in bodies."""
    ONCE = "once"
    """Sent when the row is made, and never again: `fixed`, or read by a `set` expression."""
    CALLER = "caller"
    """The caller's account (`owner`); only an admin may send it."""
    SERVER = "server"
    """The application: `readonly`, computed, `set`, moved, and what passes add. Sending it is `read_only`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """`>= 0`, `< 100`."""

    operator: Comparison
    value: Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entity, or of a move's or an action's input."""

    name: str
    type: types.Type
    optional: bool = False
    unique: bool = False
    index: bool = False
    search: bool = False
    private: bool = False
    readonly: bool = False
    owner: bool = False
    fixed: bool = False
    bounds: tuple[Bound, ...] = ()
    pattern: str | None = None
    default: Expr | None = None
    """A literal, or an expression: stored where the client sends nothing."""
    set: Expr | None = None
    """Stored when the row is made; nobody sends it."""
    computed: Expr | None = None
    """Not stored: worked out by the database whenever it is read."""
    on_delete: OnDelete = OnDelete.RESTRICT
    given: Given = Given.CLIENT
    was: str | None = None
    doc: str | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def stored(self) -> bool:
        """Whether the entity's own table has a column for it."""
        return self.computed is None and not isinstance(self.type, types.ToMany)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAccess:
    """Who may read and write one field, beyond the entity's own rules. None: whoever the entity's rules allow."""

    field: str
    read: Expr | None = None
    write: Expr | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may do what. An admin may do everything, whatever stands here."""

    read: Expr
    create: Expr
    update: Expr
    delete: Expr
    fields: tuple[FieldAccess, ...] = ()
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """`lines.product.stock -= lines.quantity`, `paid_at = now`.

    `target` is the field that changes; `over` the collection on the way to it (`lines`), or None where the field
    belongs to this row or to one that it refers to. With `over`, the steps of `target` and the paths of `value`
    start at the rows of `over`.

    """

    operator: str
    """`=`, `+=` or `-=`."""
    over: Collection | None
    target: Path
    value: Expr
    text: str
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What else happens, in the same transaction, when a row is made, changed or deleted."""

    create: tuple[Effect, ...] = ()
    update: tuple[Effect, ...] = ()
    delete: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The only way in which a state changes: `POST /orders/{id}/pay`."""

    name: str
    field: str
    source: tuple[str, ...]
    target: str
    by: Expr
    input: tuple[Field, ...] = ()
    effects: tuple[Effect, ...] = ()
    doc: str | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A typed endpoint whose body is written by hand. `item`: it is about one row."""

    name: str
    input: tuple[Field, ...]
    output: tuple[Field, ...]
    by: Expr
    item: bool
    doc: str | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """No two rows (for which `where` holds) agree in all of these fields."""

    fields: tuple[str, ...]
    where: Expr | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index over these fields; `-` in front turns one downward."""

    fields: tuple[str, ...]
    where: Expr | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition over a row's own fields that always holds."""

    name: str
    condition: Expr
    text: str
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOverlap:
    """No two rows (for which `where` holds) that agree in `fields` overlap in `[start, end)`."""

    fields: tuple[str, ...]
    start: str
    end: str
    where: Expr | None = None
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


class Ids(StrEnum):
    """How rows are numbered."""

    INT, UUID7 = "int", "uuid7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of thing that the backend keeps."""

    name: str
    fields: tuple[Field, ...]
    access: Access
    plural: str
    """In snake case: the table's name; with hyphens, the path's."""
    ids: Ids = Ids.INT
    whole: str | None = None
    """Of a part: the name of its reference to its whole. A part has no endpoints of its own."""
    moves: tuple[Move, ...] = ()
    actions: tuple[Action, ...] = ()
    effects: Effects = Effects()
    unique: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    no_overlap: tuple[NoOverlap, ...] = ()
    order: tuple[str, ...] = ("-id",)
    """What a list is sorted by; `-` in front turns one downward. Ends with the id."""
    sortable: tuple[str, ...] = ()
    """Fields that may be sorted by beside those that are indexed."""
    tenant: bool = False
    history: bool = False
    soft_delete: bool = False
    source: str | None = None
    """A query in place of a table (not written yet)."""
    was: str | None = None
    doc: str | None = None
    builtin: bool = False
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)
    # Made by passes:
    scope: Expr | None = None
    """A condition on every row that anybody meets: not deleted, within the tenant."""
    trash: Expr | None = None
    """Which rows are deleted but kept (soft delete); None where deleting deletes."""

    def field(self, name: str) -> Field:
        """The field of this name. KeyError where there is none."""
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)


class Register(StrEnum):
    """Who may make an account."""

    OPEN, INVITE, CLOSED = "open", "invite", "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Accounts. `roles[0]` is what a new account gets; `admin` is always among them."""

    roles: tuple[str, ...] = ("member", "admin")
    register: Register = Register.OPEN
    verify: bool = True
    social: tuple[str, ...] = ()
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests in so many seconds, for each account or address."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What is true of the whole interface."""

    version: str = "v1"
    rate: Rate | None = None
    links: bool = False
    graphql: bool = False
    ids: Ids = Ids.INT
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


class Framework(StrEnum):
    FASTAPI, DJANGO = "fastapi", "django"


class Database(StrEnum):
    """In production; development runs on embedded SQLite."""

    SQLITE, POSTGRESQL, MYSQL, MONGODB = "sqlite", "postgresql", "mysql", "mongodb"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedType:
    """A value of several fields that entities keep inside their rows."""

    name: str
    fields: tuple[Field, ...]
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A part of the language that is read and checked, and that no writer can write yet: `imports`, `models`, `tasks`,
    ...
    """

    kind: str
    name: str
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A whole backend. `entities` holds the built-in `User` (and `Membership`, where there are tenants) too."""

    name: str
    framework: Framework = Framework.FASTAPI
    database: Database = Database.POSTGRESQL
    auth: Auth = Auth()
    entities: tuple[Entity, ...] = ()
    enums: tuple[types.Enum, ...] = ()
    """The enums that `types:` names."""
    embedded: tuple[EmbeddedType, ...] = ()
    api: Api = Api()
    planned: tuple[Planned, ...] = ()
    lowered: bool = False
    places: Mapping[str, Origin] = dataclasses.field(default_factory=dict, compare=False, repr=False)
    """Where single words stand: `framework`, `database`, `auth.social`, `api.graphql`."""
    origin: Origin | None = dataclasses.field(default=None, compare=False, repr=False)

    def entity(self, name: str) -> Entity:
        """The entity of this name. KeyError where there is none."""
        for found in self.entities:
            if found.name == name:
                return found
        raise KeyError(name)

    @property
    def tenant(self) -> Entity | None:
        """The entity that is the tenant, if there is one."""
        return next((entity for entity in self.entities if entity.tenant), None)
