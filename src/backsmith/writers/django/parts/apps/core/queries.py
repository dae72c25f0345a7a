"""Query strings, read against what is shown: all mistakes at once, and what was sent never repeated."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from rest_framework.exceptions import ValidationError

from apps.core import filters, serializers
from apps.core.errors import Code, FieldError, Invalid
from apps.core.filters import Asked
from apps.core.rows import Tree
from apps.core.shown import Order, Rows, directions

LIST = ("q", "limit", "cursor", "offset", "count", "sort", "fields", "expand")
ITEM = ("fields", "expand")
EXPORT = ("q", "format", "sort")
HISTORY = ("limit", "cursor")
LARGEST_PAGE, EXPAND_DEPTH, MOST_PARAMETERS = 200, 3, 100


@dataclass(slots=True)
class Query:
    """What one request asks for. `asked`: what a cursor holds for."""

    filters: list[Asked] = field(default_factory=list)
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


def bounded(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within these bounds."""
    read = filters.whole_number(least, most)

    def found(text: str) -> int:
        try:
            return read(text)
        except ValidationError as error:
            [told] = serializers.errors_of(error.detail)
            raise Invalid([FieldError("", "limit", told.message)]) from None

    return found


PLAIN: dict[str, Callable[[str], Any]] = {
    "q": serializers.CharField(max_length=200).run_validation,
    "limit": bounded(1, LARGEST_PAGE),
    "offset": bounded(0, 10_000),
    "cursor": str,
    "count": filters.truth,
    "format": serializers.ChoiceField(choices=["csv", "jsonl"]).run_validation,
}
"""The parameters that are the same for every list."""


def read_query(rows: Rows, raw: bytes, takes: Collection[str]) -> Query:
    """What a query string asks: what is in `takes`, and filters where these are not an item's. Raises Invalid."""
    query, sent = Query(), dict[str, str]()
    errors: list[FieldError] = []
    for name, text in _pairs(raw):
        try:
            _read(query, rows, name, text, takes, sent)
        except Invalid as refused:
            errors += refused.errors
    if query.cursor is not None and "offset" in sent:
        errors.append(FieldError("offset", "cursor", "A page is named by a cursor or by an offset."))
    if errors:
        raise Invalid(errors)
    query.asked = tuple(sorted(pair for pair in sent.items() if pair[0] not in LIST or pair[0] in EXPORT))
    return query


def read_plain(raw: bytes, takes: Collection[str]) -> Query:
    """What a query string asks where nothing can be filtered. Raises Invalid."""
    query, sent = Query(), set[str]()
    errors: list[FieldError] = []
    for name, text in _pairs(raw):
        try:
            if name in sent:
                raise _refused(name, "duplicate", "This was sent twice.")
            if name not in takes:
                raise _refused(name, "unknown", "There is no such parameter.")
            setattr(query, name, _plain(name, text))
        except Invalid as refused:
            errors += refused.errors
        sent.add(name)
    if errors:
        raise Invalid(errors)
    return query


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise _refused("", "format", "The query string cannot be read.") from None


def _read(query: Query, rows: Rows, name: str, text: str, takes: Collection[str], sent: dict[str, str]) -> None:
    if name in sent:
        raise _refused(name, "duplicate", "This was sent twice.")
    sent[name] = text
    if name in takes and (name != "q" or rows.search):
        setattr(query, name, SHAPED[name](rows, text) if name in SHAPED else _plain(name, text))
    elif takes is not ITEM and (asked := filters.read(rows, name, text)) is not None:
        query.filters.append(asked)
    else:
        raise _refused(name, "unknown", "There is no such parameter.")


def _plain(name: str, text: str) -> Any:
    try:
        return PLAIN[name](text)
    except ValidationError as error:
        [told, *_] = serializers.errors_of(error.detail)
        raise Invalid([FieldError(name, told.code, told.message)]) from None
    except Invalid as refused:
        raise Invalid([FieldError(name, each.code, each.message) for each in refused.errors]) from None


def _refused(name: str, code: Code, message: str) -> Invalid:
    return Invalid([FieldError(name[:100], code, message)])


@lru_cache(1024)
def _sort(rows: Rows, text: str) -> Order:
    order = directions(text.split(","))
    if len(dict(order)) < len(order) or not dict(order).keys() <= rows.sortable:
        raise _refused("sort", "sort", "This list cannot be sorted so.")
    return order


@lru_cache(1024)
def _fields(rows: Rows, text: str) -> tuple[str, ...]:
    names = frozenset(text.split(","))
    if not names <= rows.fields.keys():
        raise _refused("fields", "unknown", "There is no such field.")
    return tuple(name for name in rows.fields if name in names)


@lru_cache(1024)
def _expand(rows: Rows, text: str) -> Tree:
    """`category,lines.product` as a tree of links."""
    tree: dict[str, Any] = {}
    for path in text.split(","):
        branch, here, steps = tree, rows, path.split(".")
        for step in steps:
            if step not in here.links or len(steps) > EXPAND_DEPTH:
                raise _refused("expand", "expand", "There is nothing to expand there.")
            branch, here = branch.setdefault(step, {}), here.links[step].rows
    return _frozen(tree)


def _frozen(tree: dict[str, Any]) -> Tree:
    return tuple((name, _frozen(tree[name])) for name in sorted(tree))


SHAPED: dict[str, Callable[[Rows, str], Any]] = {"sort": _sort, "fields": _fields, "expand": _expand}


def paths(rows: Rows, depth: int = EXPAND_DEPTH) -> Sequence[str]:
    """All that can be expanded."""
    found = []
    for name, link in rows.links.items():
        found.append(name)
        if depth > 1:
            found += [f"{name}.{path}" for path in paths(link.rows, depth - 1)]
    return found
