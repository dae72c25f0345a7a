"""Query strings, read against a view and documented: all mistakes at once, and what was sent never repeated."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import BigInteger, Boolean, Float, Integer, Time, Uuid
from sqlalchemy.types import TypeEngine

from app.core import schemas, types
from app.core.errors import Code, FieldError, Invalid, field_error

if TYPE_CHECKING:
    from app.core.views import View

Order = tuple[tuple[str, bool], ...]  # names of fields, each with whether it is sorted downwards
Tree = tuple[tuple[str, Any], ...]  # links to follow, each with those to follow from there

LIST = ("q", "limit", "cursor", "offset", "count", "sort", "fields", "expand")
ITEM = ("fields", "expand")
EXPORT = ("q", "format", "sort")
FILES = {"200": {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/jsonl")}}}
LARGEST_PAGE, EXPAND_DEPTH, FILTER_DEPTH, MOST_PARAMETERS = 200, 3, 2, 100


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of the field at the end of `steps`."""

    name: str
    steps: tuple[str, ...]
    operator: str


@dataclass(slots=True)
class Query:
    """What one request asks for. `values`: what its filters are bound to; `asked`: what a cursor holds for."""

    filters: tuple[Filter, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    asked: tuple[tuple[str, str], ...] = ()
    q: str | None = None
    sort: Order = ()
    fields: tuple[str, ...] = ()
    expand: Tree = ()
    limit: int = 50
    offset: int = 0
    cursor: str | None = None
    count: bool = False
    format: str = "csv"


PLAIN: dict[str, TypeAdapter[Any]] = {
    "q": TypeAdapter(Annotated[schemas.Text, Field(max_length=200, description="Stands in a field that is searched.")]),
    "limit": TypeAdapter(Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many at most; else 50.")]),
    "offset": TypeAdapter(Annotated[int, Field(ge=0, le=10_000, description="How many to leave out.")]),
    "cursor": TypeAdapter(Annotated[str, Field(description="`next` of the page before.")]),
    "count": TypeAdapter(Annotated[bool, Field(description="Whether to add `total`.")]),
    "format": TypeAdapter(Annotated[Literal["csv", "jsonl"], Field(description="csv if not told.")]),
}
"""The parameters that are the same for every view."""

EQUAL = ("", "ne")
ONE_OF = (*EQUAL, "in")
ORDERED = (*EQUAL, "lt", "lte", "gt", "gte", "in")
TEXT = (*ORDERED, "contains")
MOST = Field(max_length=200)  # how many values one filter takes


@dataclass(frozen=True)
class Kind:
    """What can be asked of one type. `form`: its annotation; `type`: the column's, or that of a list's items."""

    operators: tuple[str, ...]
    form: Any
    type: TypeEngine[Any]

    @cached_property
    def adapters(self) -> dict[str, TypeAdapter[Any]]:
        """What reads a filter's value, by operator."""
        one: TypeAdapter[Any] = TypeAdapter(self.form)
        forms: dict[str, Any] = {"in": Annotated[list[self.form], MOST], "isnull": bool}  # type: ignore[name-defined]
        return {name: TypeAdapter(forms[name]) if name in forms else one for name in self.operators}


def kind(type_: TypeEngine[Any], *, is_reference: bool = False) -> Kind:
    """What can be asked of a column of this type."""
    operators, form = _row(type_)
    return Kind(ONE_OF if is_reference else operators, form, getattr(type_, "item", type_))


def _row(type_: TypeEngine[Any]) -> tuple[tuple[str, ...], Any]:
    match type_:
        case types.Exact():
            digits = Field(max_digits=type_.precision, decimal_places=type_.scale)
            return ORDERED, Annotated[Decimal, schemas.EXACT, digits]
        case types.Words():
            return ONE_OF, Literal[type_.literal]
        case types.Items():
            return ("",), _row(type_.item)[1]
    return next(row for known, row in ROWS.items() if isinstance(type_, known))


ROWS: dict[type[TypeEngine[Any]], tuple[tuple[str, ...], Any]] = {
    types.Document: ((), Any),
    types.Ip: (ONE_OF, schemas.IpText),
    types.Characters: (TEXT, schemas.Text),
    types.UtcDateTime: (ORDERED, schemas.UtcMoment),
    types.Day: (ORDERED, schemas.Day),
    types.Span: (ORDERED, schemas.Span),
    Time: (ORDERED, schemas.Clock),
    Uuid: (ONE_OF, schemas.UuidText),
    Boolean: (EQUAL, bool),
    BigInteger: (ORDERED, Annotated[int, Field(ge=-schemas.BIGINT_MAX - 1, le=schemas.BIGINT_MAX)]),
    Integer: (ORDERED, Annotated[int, Field(ge=-schemas.INT_MAX - 1, le=schemas.INT_MAX)]),
    Float: (ORDERED, Annotated[float, Field(allow_inf_nan=False)]),
}


def read_query(view: "View", raw: bytes, takes: Collection[str]) -> Query:
    """What a query string asks: what is in `takes`, and filters where these are not an item's. Raises Invalid."""
    query, sent = Query(), dict[str, str]()
    errors: list[FieldError] = []
    for name, text in _pairs(raw):
        try:
            _read(query, view, name, text, takes, sent)
        except Invalid as refused:
            errors += refused.errors
    if query.cursor is not None and "offset" in sent:
        errors.append(FieldError("offset", "cursor", "A page is named by a cursor or by an offset."))
    if errors:
        raise Invalid(errors)
    query.values["q"] = query.q
    query.filters = tuple(sorted(query.filters, key=lambda asked: asked.name))
    query.asked = tuple(sorted(pair for pair in sent.items() if pair[0] not in LIST or pair[0] in EXPORT))
    return query


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise _refused("", "format", "The query string cannot be read.") from None


def _read(query: Query, view: "View", name: str, text: str, takes: Collection[str], sent: dict[str, str]) -> None:
    if name in sent:
        raise _refused(name, "duplicate", "This was sent twice.")
    sent[name] = text
    if name in takes and (name != "q" or view.search):
        setattr(query, name, SHAPED[name](view, text) if name in SHAPED else _value(PLAIN[name], name, text))
    elif takes is not ITEM and (found := filter_of(view, name)) is not None:
        (steps, operator), kind = found
        value = _value(kind.adapters[operator], name, text.split(",") if operator == "in" else text)
        query.values[f"filter__{name}"] = value
        query.filters += (Filter(name, steps, f"isnull {value}" if operator == "isnull" else operator),)
    else:
        raise _refused(name, "unknown", "There is no such parameter.")


def _value(adapter: TypeAdapter[Any], name: str, sent: str | list[str]) -> Any:
    try:
        return adapter.validate_python(sent)
    except ValidationError as error:
        found = replace(field_error(error.errors(include_url=False, include_input=False)[0]), field=name)
        raise Invalid([replace(found, code="limit") if name in ("limit", "offset") else found]) from None


def _refused(name: str, code: Code, message: str) -> Invalid:
    return Invalid([FieldError(name[:100], code, message)])


@lru_cache(4096)
def filter_of(view: "View", name: str) -> tuple[tuple[tuple[str, ...], str], Kind] | None:
    """What a filter's name asks, as the steps to a field and the operator; None where it asks nothing."""
    steps = tuple(name.split("__"))
    for path, operator in ((steps, ""), (steps[:-1], steps[-1] or "?")):
        if path and (kind := _kind_at(view, path)) is not None and operator in kind.operators:
            return (path, operator), kind
    return None


def _kind_at(view: "View", steps: tuple[str, ...]) -> Kind | None:
    for step in steps[:-1]:
        if (beyond := view.one(step)) is None:
            return None
        view = beyond
    return view.kinds.get(steps[-1]) if len(steps) <= FILTER_DEPTH + 1 else None


def filters(view: "View", depth: int = FILTER_DEPTH) -> Iterator[tuple[str, str, Kind]]:
    """Every filter of a view: its name, its operator, and what it takes."""
    for name, kind in view.kinds.items():
        yield from ((f"{name}__{operator}" if operator else name, operator, kind) for operator in kind.operators)
        if depth and (beyond := view.one(name)) is not None:
            yield from ((f"{name}__{inner}", operator, kind) for inner, operator, kind in filters(beyond, depth - 1))


def directions(names: Sequence[str]) -> Order:
    """What each name sorts by, and whether downwards."""
    return tuple((name.removeprefix("-"), name.startswith("-")) for name in names)


def complete(order: Order) -> Order:
    """Ties are broken by id, in the last direction; what comes after it decides nothing."""
    return order[: [*dict(order)].index("id") + 1] if "id" in dict(order) else (*order, ("id", order[-1][1]))


@lru_cache(1024)
def _sort(view: "View", text: str) -> Order:
    order = directions(text.split(","))
    if len(dict(order)) < len(order) or not dict(order).keys() <= view.sortable:
        raise _refused("sort", "sort", "This list cannot be sorted so.")
    return order


@lru_cache(1024)
def _fields(view: "View", text: str) -> tuple[str, ...]:
    names = frozenset(text.split(","))
    if not names <= view.fields.keys():
        raise _refused("fields", "unknown", "There is no such field.")
    return tuple(name for name in view.fields if name in names)


@lru_cache(1024)
def _expand(view: "View", text: str) -> Tree:
    """`category,lines.product` as a tree of links."""
    tree: dict[str, Any] = {}
    for path in text.split(","):
        branch, here, steps = tree, view, path.split(".")
        for step in steps:
            if step not in here.links or len(steps) > EXPAND_DEPTH:
                raise _refused("expand", "expand", "There is nothing to expand there.")
            branch, here = branch.setdefault(step, {}), here.links[step].view()
    return _frozen(tree)


def _frozen(tree: dict[str, Any]) -> Tree:
    return tuple((name, _frozen(tree[name])) for name in sorted(tree))


SHAPED: dict[str, Callable[["View", str], Any]] = {"sort": _sort, "fields": _fields, "expand": _expand}


def documented(view: "View", takes: Sequence[str]) -> dict[str, Any]:
    """The same for the OpenAPI document: what is in `takes`, and filters where these are not an item's."""
    if takes is ITEM:
        return {"parameters": [*_own(view, ITEM), _parameter("If-None-Match", {"type": "string"}) | {"in": "header"}]}
    asked = (_parameter(name, kind.adapters[operator].json_schema()) for name, operator, kind in filters(view))
    return {"parameters": [*_own(view, takes), *asked]} | ({"responses": FILES} if takes is EXPORT else {})


def _own(view: "View", names: Sequence[str]) -> Iterator[dict[str, Any]]:
    names_down = [f"-{name}" for name in view.sortable]
    choices = {"sort": [*view.sortable, *names_down], "fields": view.fields, "expand": _paths(view, EXPAND_DEPTH)}
    for name in names:
        if name in PLAIN and (name != "q" or view.search):
            yield _parameter(name, PLAIN[name].json_schema())
        elif words := sorted(choices.get(name, ())):
            yield _parameter(name, {"type": "array", "items": {"type": "string", "enum": words}})


def _paths(view: "View", depth: int) -> Iterator[str]:
    for name, link in view.links.items():
        yield name
        if depth > 1:
            yield from (f"{name}.{path}" for path in _paths(link.view(), depth - 1))


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One parameter; several values have commas between them."""
    commas = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return {"name": name, "in": "query", "required": False, "schema": schema} | commas
