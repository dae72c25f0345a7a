"""What a view's lists, items and exports take, for the OpenAPI document: the same that `queries` reads."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.core.queries import EXPAND_DEPTH, EXPORT, ITEM, LIST, PLAIN, filters

if TYPE_CHECKING:
    from app.core.views import View

Parameter = dict[str, Any]


def list_parameters(view: "View") -> list[Parameter]:
    """What a list takes."""
    return [*_own(view, LIST), *_filters(view)]


def item_parameters(view: "View") -> list[Parameter]:
    """What an item takes."""
    return [*_own(view, ITEM), _parameter("If-None-Match", {"type": "string"}) | {"in": "header"}]


def export_parameters(view: "View") -> list[Parameter]:
    """What an export takes."""
    return [*_own(view, EXPORT), *_filters(view)]


def _own(view: "View", names: Sequence[str]) -> Iterator[Parameter]:
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


def _filters(view: "View") -> Iterator[Parameter]:
    return (_parameter(name, kind.adapters[operator].json_schema()) for name, operator, kind in filters(view))


def _parameter(name: str, schema: dict[str, Any]) -> Parameter:
    """One parameter; several values have commas between them."""
    commas = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return {"name": name, "in": "query", "required": False, "schema": schema} | commas
