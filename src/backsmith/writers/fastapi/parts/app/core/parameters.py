"""What a view's lists, items and exports take, for the OpenAPI document: the same that `queries` reads."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from app.core.kinds import Kind
from app.core.queries import DEPTH, LARGEST_OFFSET, LARGEST_PAGE, PAGE, filters

if TYPE_CHECKING:
    from app.core.views import View

Parameter = dict[str, Any]

SEARCH = "Every one of these words stands in one of the fields that are searched, whatever the case."


def list_parameters(view: "View") -> list[Parameter]:
    """What a list takes."""
    return [
        *_searched(view),
        _query("limit", "How many at most.", _whole(1, LARGEST_PAGE) | {"default": PAGE}),
        _query("cursor", "`next` of the page before.", {"type": "string"}),
        _query("offset", "How many to leave out.", _whole(0, LARGEST_OFFSET)),
        _query("count", "Whether to add `total`.", {"type": "boolean", "default": False}),
        _sorted(view),
        *_shaped(view),
        *_filters(view),
    ]


def item_parameters(view: "View") -> list[Parameter]:
    """What an item takes."""
    seen = {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
    return [*_shaped(view), seen | {"description": "An ETag: 304 where the row still has it."}]


def export_parameters(view: "View") -> list[Parameter]:
    """What an export takes."""
    form = {"type": "string", "enum": ["csv", "jsonl"], "default": "csv"}
    return [*_searched(view), _query("format", "The kind of file.", form), _sorted(view), *_filters(view)]


def _searched(view: "View") -> list[Parameter]:
    return [_query("q", SEARCH, {"type": "string", "maxLength": 200})] if view.search else []


def _sorted(view: "View") -> Parameter:
    names = sorted(view.sortable)
    told = ",".join(f"-{name}" if down else name for name, down in view.list_order)
    return _several("sort", f"Sorted by; `{told}` if not told.", {"enum": [*names, *(f"-{name}" for name in names)]})


def _shaped(view: "View") -> list[Parameter]:
    paths = list(_paths(view, DEPTH))
    links = [_several("expand", "Links to follow.", {"enum": paths})] if paths else []
    return [_several("fields", "Only these fields.", {"enum": list(view.fields)}), *links]


def _paths(view: "View", depth: int) -> Iterator[str]:
    for name, link in view.links.items():
        yield name
        if depth > 1:
            yield from (f"{name}.{path}" for path in _paths(link.view(), depth - 1))


def _filters(view: "View") -> Iterable[Parameter]:
    return (_filter(name, operator, kind) for name, operator, kind in filters(view))


def _filter(name: str, operator: str, kind: Kind) -> Parameter:
    if operator == "isnull":
        return _query(name, "", {"type": "boolean"})
    return (_several if operator == "in" else _query)(name, "", kind.schema)


def _query(name: str, description: str, schema: dict[str, Any]) -> Parameter:
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": False, "schema": schema} | told


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def _several(name: str, description: str, item: dict[str, Any]) -> Parameter:
    """Values with commas between them."""
    schema = {"type": "array", "items": {"type": "string"} | item}
    return _query(name, description, schema) | {"style": "form", "explode": False}
