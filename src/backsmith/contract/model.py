"""What HTTP shows of a backend. Frozen values: clients and documents print them, tests and `verify` prove them against
a server."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backsmith.design.expressions import Expr
from backsmith.design.model import Bound, Given
from backsmith.design.types import Type


class Kind(StrEnum):
    """What an endpoint does."""

    LIST, ITEM, EXPORT, HISTORY = "list", "item", "export", "history"
    CREATE, UPDATE, REPLACE, DELETE, RESTORE = "create", "update", "replace", "delete", "restore"
    MOVE, ACTION = "move", "action"
    AUTH, HEALTH = "auth", "health"


class When(StrEnum):
    """How a rule ends for a kind of caller, before any row is known."""

    ALWAYS, OWN, SOME, NEVER = "always", "own rows", "some rows", "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a rule leaves to one kind of caller: `nobody`, `owner`, or an account that has exactly this role.
    `condition` says which rows."""

    caller: str
    when: When
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may: the condition as it is written, and as it ends for each kind of caller. `within` says that it holds
    inside the tenant only."""

    text: str
    condition: Expr
    grants: tuple[Grant, ...]
    within: str | None = None

    def grant(self, caller: str) -> Grant:
        """What this kind of caller is left. KeyError where the backend knows no such kind."""
        for found in self.grants:
            if found.caller == caller:
                return found
        raise KeyError(caller)


class Place(StrEnum):
    """Where a parameter stands."""

    PATH, QUERY, HEADER = "path", "query", "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `many`: several values, with commas between them; `choices`: the only ones allowed; `downward`:
    each may have a `-` in front."""

    name: str
    place: Place
    type: Type
    required: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    downward: bool = False
    bounds: tuple[Bound, ...] = ()
    default: str | None = None


class Comparing(StrEnum):
    """What a filter asks, and how its parameter's name ends. Equality has no ending."""

    EQ, NE, LT, LTE, GT, GTE = "", "ne", "lt", "lte", "gt", "gte"
    IN, CONTAINS, ISNULL = "in", "contains", "isnull"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field, or one that references lead to (`category__name`), and what can be asked of it."""

    name: str
    type: Type
    operators: tuple[Comparing, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its query parameters: `price`, `price__gte`, ..."""
        return tuple(f"{self.name}__{operator}" if operator else self.name for operator in self.operators)


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One key of a schema. `schema` names the object that it holds (for a reference: where it is expanded); `many`: a
    list of them."""

    name: str
    type: Type
    required: bool = True
    nullable: bool = False
    given: Given = Given.CLIENT
    many: bool = False
    schema: str | None = None
    bounds: tuple[Bound, ...] = ()
    pattern: str | None = None
    default: Expr | None = None
    rule: Rule | None = None
    """Who may read it (in an answer) or write it (in a body), where that is narrower than the endpoint's rule."""

    @property
    def read_only(self) -> bool:
        """Whether sending it is an error of the code `read_only`."""
        return self.given is Given.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """An object of JSON. In a body, keys that are not named here are errors of the code `unknown`."""

    name: str
    properties: tuple[Property, ...]

    def property(self, name: str) -> Property:
        """The property of this name. KeyError where there is none."""
        for found in self.properties:
            if found.name == name:
                return found
        raise KeyError(name)


JSON = "application/json"
PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent."""

    schema: str
    media: str = JSON
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One way in which an endpoint answers. `page`: `{"items": [...], "next": ...}` of the schema. `codes`: what
    `errors[].code` may be."""

    status: int
    schema: str | None = None
    page: bool = False
    media: tuple[str, ...] = (JSON,)
    headers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path. `operation` is its operation id, and the name of the function that serves it."""

    operation: str
    method: str
    path: str
    kind: Kind
    rule: Rule
    entity: str | None = None
    action: str = ""
    """What the rule is about: `read`, `create`, `update`, `delete`, or the name of a move or an action."""
    parameters: tuple[Parameter, ...] = ()
    filters: tuple[Filter, ...] = ()
    body: Body | None = None
    answers: tuple[Answer, ...] = ()
    summary: str = ""
    documented: bool = True
    """Whether it stands in the OpenAPI document."""

    @property
    def query(self) -> tuple[str, ...]:
        """The names of all its query parameters; any other is an error of the code `unknown`."""
        own = tuple(parameter.name for parameter in self.parameters if parameter.place is Place.QUERY)
        return own + tuple(name for found in self.filters for name in found.parameters)

    @property
    def success(self) -> Answer:
        """The answer where all goes well."""
        return self.answers[0]

    def answer(self, status: int) -> Answer:
        """The answer of this status. KeyError where it never answers so."""
        for found in self.answers:
            if found.status == status:
                return found
        raise KeyError(status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """All that HTTP shows. `callers`: the kinds of caller that rules are told apart by, `nobody` first."""

    name: str
    prefix: str
    callers: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    schemas: tuple[Schema, ...]
    anywhere: tuple[Answer, ...] = ()
    """How every endpoint may answer, beside what it says itself: too large, too many requests, too busy."""

    def endpoint(self, operation: str) -> Endpoint:
        """The endpoint of this operation id. KeyError where there is none."""
        for found in self.endpoints:
            if found.operation == operation:
                return found
        raise KeyError(operation)

    def schema(self, name: str) -> Schema:
        """The schema of this name. KeyError where there is none."""
        for found in self.schemas:
            if found.name == name:
                return found
        raise KeyError(name)

    def of(self, entity: str) -> Iterator[Endpoint]:
        """The endpoints that are about this entity."""
        return (endpoint for endpoint in self.endpoints if endpoint.entity == entity)
