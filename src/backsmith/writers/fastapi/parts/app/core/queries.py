"""Query strings, read against a view: all mistakes at once, and what was sent never repeated."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import Field, TypeAdapter

from app.core.errors import Code, FieldError, Invalid
from app.core.kinds import FLAG, Kind, Refused, read_text
from app.core.schemas import Text

if TYPE_CHECKING:
    from app.core.views import View

T = TypeVar("T")
Order = tuple[tuple[str, bool], ...]
"""Names of fields, each with whether it is sorted downwards."""
Tree = tuple[tuple[str, Any], ...]
"""Links to follow, each with those to follow from there."""

PAGE, LARGEST_PAGE, LARGEST_OFFSET = 50, 200, 10_000
DEPTH = 3
"""How far `expand` goes."""
REFERENCES = 2
"""Through how many references a filter goes."""
PARAMETERS, VALUES, WORDS = 100, 200, 8
"""The most parameters in a request, values in one, and words in `q`."""

LIST = frozenset({"q", "limit", "cursor", "offset", "count", "sort", "fields", "expand"})
ITEM = frozenset({"fields", "expand"})
EXPORT = frozenset({"q", "sort", "format"})

SEARCH: TypeAdapter[str] = TypeAdapter(Annotated[Text, Field(max_length=200)])


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of the field at the end of `steps`. `value` is part of the question where it is no bound value."""

    name: str
    steps: tuple[str, ...]
    operator: str
    value: bool | None = None


@dataclass(slots=True)
class Query:
    """What one request asks for. `values`: what its filters are bound to; `asked`: what a cursor holds for."""

    filters: tuple[Filter, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    asked: tuple[tuple[str, str], ...] = ()
    q: tuple[str, ...] = ()
    sort: Order = ()
    fields: tuple[str, ...] = ()
    expand: Tree = ()
    limit: int = PAGE
    offset: int = 0
    cursor: str | None = None
    count: bool = False
    format: str = "csv"


def read_query(view: "View", raw: bytes, takes: Collection[str]) -> Query:
    """What a query string asks: what is in `takes`, and filters where these are not an item's. Raises Invalid."""
    query, errors = Query(), []
    sent: dict[str, str] = {}
    for name, text in _pairs(raw):
        try:
            if name in sent:
                raise _refused(name, "duplicate", "This was sent twice.")
            sent[name] = text
            if name in takes:
                setattr(query, name, READERS[name](view, text))
            else:
                _filter(query, view, name, text, takes)
        except Refused as refused:
            errors.append(refused.error)
    if query.cursor is not None and "offset" in sent:
        errors.append(FieldError("offset", "cursor", "A page is named by a cursor or by an offset."))
    if errors:
        raise Invalid(errors)
    query.values |= {f"word__{place}": word for place, word in enumerate(query.q)}
    query.filters = tuple(sorted(query.filters, key=lambda asked: asked.name))
    query.asked = tuple(
        sorted((name, text) for name, text in sent.items() if name in ("q", "sort") or name not in LIST)
    )
    return query


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS)
    except ValueError:
        raise Invalid([FieldError("", "format", "The query string cannot be read.")]) from None


def _refused(name: str, code: Code, message: str) -> Refused:
    return Refused(FieldError(name[:100], code, message))


def _filter(query: Query, view: "View", name: str, text: str, takes: Collection[str]) -> None:
    found = None if takes is ITEM else filter_of(view, name)
    if found is None:
        raise _refused(name, "unknown", "There is no such parameter.")
    (steps, operator), kind = found
    if operator == "isnull":
        query.filters += (Filter(name, steps, operator, read_text(FLAG, name, text)),)
        return
    query.filters += (Filter(name, steps, operator),)
    query.values[f"filter__{name}"] = (
        _values(kind, name, text) if operator == "in" else read_text(kind.adapter, name, text)
    )


def _values(kind: Kind, name: str, text: str) -> list[Any]:
    texts = text.split(",")
    if len(texts) > VALUES:
        raise _refused(name, "too_long", f"At most {VALUES} values are allowed.")
    return [read_text(kind.adapter, name, one) for one in texts]


@lru_cache(4096)
def filter_of(view: "View", name: str) -> tuple[tuple[tuple[str, ...], str], Kind] | None:
    """What a filter's name asks, as the steps to a field and the operator; None where it asks nothing."""
    steps = tuple(name.split("__"))
    if (kind := _kind_at(view, steps)) is not None and "" in kind.operators:
        return (steps, ""), kind
    *path, operator = steps
    if operator and path and (kind := _kind_at(view, tuple(path))) is not None and operator in kind.operators:
        return (tuple(path), operator), kind
    return None


def _kind_at(view: "View", steps: tuple[str, ...]) -> Kind | None:
    for step in steps[:-1]:
        if (beyond := view.one(step)) is None:
            return None
        view = beyond
    return view.kinds.get(steps[-1]) if len(steps) <= REFERENCES + 1 else None


def filters(view: "View", depth: int = REFERENCES) -> Iterator[tuple[str, str, Kind]]:
    """Every filter of a view: its name, its operator, and what it takes."""
    for name, kind in view.kinds.items():
        yield from ((f"{name}__{operator}" if operator else name, operator, kind) for operator in kind.operators)
        if depth and (beyond := view.one(name)) is not None:
            yield from ((f"{name}__{inner}", operator, kind) for inner, operator, kind in filters(beyond, depth - 1))


def _words(view: "View", text: str) -> tuple[str, ...]:
    if not view.search:
        raise _refused("q", "unknown", "There is no such parameter.")
    words = tuple(read_text(SEARCH, "q", text).split())
    if len(words) > WORDS:
        raise _refused("q", "too_long", f"At most {WORDS} words are searched for.")
    return words


def _number(name: str, least: int, most: int) -> Callable[["View", str], int]:
    def read(view: "View", text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        raise _refused(name, "limit", f"This is a whole number from {least} to {most}.")

    return read


def _format(view: "View", text: str) -> str:
    if text not in ("csv", "jsonl"):
        raise _refused("format", "choice", "This must be csv or jsonl.")
    return text


@lru_cache(1024)
def order_of(view: "View", text: str) -> Order:
    """`-price,name` as names and directions. Raises Refused."""
    order = directions(text.split(","))
    if len(dict(order)) < len(order) or not dict(order).keys() <= view.sortable:
        raise _refused("sort", "sort", "This list cannot be sorted so.")
    return order


def directions(names: Sequence[str]) -> Order:
    """What each name sorts by, and whether downwards."""
    return tuple((name.removeprefix("-"), name.startswith("-")) for name in names)


def complete(order: Order) -> Order:
    """Ties are broken by id, in the last direction."""
    return order if "id" in dict(order) else (*order, ("id", order[-1][1]))


@lru_cache(1024)
def _fields(view: "View", text: str) -> tuple[str, ...]:
    names = frozenset(text.split(","))
    if not names <= view.fields.keys():
        raise _refused("fields", "unknown", "There is no such field.")
    return tuple(name for name in view.fields if name in names)


@lru_cache(1024)
def tree_of(view: "View", text: str) -> Tree:
    """`category,lines.product` as a tree of links. Raises Refused."""
    tree: dict[str, Any] = {}
    for path in text.split(","):
        branch, here, steps = tree, view, path.split(".")
        for step in steps:
            if step not in here.links or len(steps) > DEPTH:
                raise _refused("expand", "expand", "There is nothing to expand there.")
            branch, here = branch.setdefault(step, {}), here.links[step].view()
    return _frozen(tree)


def _frozen(tree: dict[str, Any]) -> Tree:
    return tuple((name, _frozen(tree[name])) for name in sorted(tree))


READERS: dict[str, Callable[["View", str], Any]] = {
    "q": _words,
    "limit": _number("limit", 1, LARGEST_PAGE),
    "offset": _number("offset", 0, LARGEST_OFFSET),
    "cursor": lambda _, text: text,
    "count": lambda _, text: read_text(FLAG, "count", text),
    "sort": order_of,
    "fields": _fields,
    "expand": tree_of,
    "format": _format,
}
