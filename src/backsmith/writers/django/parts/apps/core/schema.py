"""What the OpenAPI document says, beside what Django REST framework's serializers tell drf-spectacular."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from rest_framework.serializers import CharField, IntegerField, JSONField, Serializer

from apps.core import filters, queries
from apps.core.shown import Computed, Link, Rows

F = TypeVar("F", bound=Callable[..., Any])

FILE = {("200", "text/csv"): {"type": "string"}, ("200", "application/jsonl"): {"type": "string"}}
"""The answer of an export."""

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}
"""What went wrong (RFC 9457)."""


def documented(operation: str, *problems: int, status: int = 200, request: Any = None, answer: Any = None) -> Callable[[F], F]:
    """What the document says of an endpoint: its id, its body, its answer, and with which problems it may answer."""
    success = {status: OpenApiResponse(answer, HTTPStatus(status).phrase)}
    found: dict[Any, Any] = dict(answer) if answer is FILE else success
    for each in problems:
        found[each, "application/problem+json"] = OpenApiResponse(PROBLEM, HTTPStatus(each).phrase)
    found["default", "application/problem+json"] = OpenApiResponse(PROBLEM, "Any other problem.")
    summary = operation.replace("_", " ").capitalize()
    decorated: Callable[[F], F] = extend_schema(operation, summary=summary, request=request, responses=found)
    return decorated


@cache
def page_of(shown: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """One page of a list, for the document."""
    fields: dict[str, Any] = {
        "items": shown(many=True),
        "next": CharField(allow_null=True, help_text="The cursor of the next page; null on the last one."),
        "total": IntegerField(required=False, help_text="With `count=true`: how many there are on all pages."),
    }
    return type(f"{shown.__name__}Page", (Serializer,), fields)


class Schema(AutoSchema):
    """Knows the parameters of lists, exports and items."""

    TAKES = {"list": queries.LIST, "export": queries.EXPORT, "retrieve": queries.ITEM}

    def get_override_parameters(self) -> Any:
        """The parameters that a query string may have."""
        found = super().get_override_parameters()
        takes = self.TAKES.get(getattr(self.view, "action", ""))
        rows = getattr(getattr(self.view, "shown", None), "rows", None)
        if rows is not None and "{id}" in self.path:
            found = [*found, OpenApiParameter("id", schema_of(rows.keyed), OpenApiParameter.PATH)]
        return found if takes is None or rows is None else [*found, *parameters(rows, takes)]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # pages say so themselves


def parameters(rows: Rows, takes: Sequence[str]) -> Iterator[OpenApiParameter]:
    """What is in `takes`, and filters where these are not an item's."""
    down = [f"-{name}" for name in rows.sortable]
    choices = {"sort": [*rows.sortable, *down], "fields": rows.fields, "expand": queries.paths(rows)}
    for name in takes:
        if name in PLAIN and (name != "q" or rows.search):
            yield OpenApiParameter(name, PLAIN[name], description=SAYS[name])
        elif words := sorted(choices.get(name, ())):
            schema = {"type": "array", "items": {"type": "string", "enum": words}}
            yield OpenApiParameter(name, schema, style="form", explode=False)
    if takes is queries.ITEM:
        yield OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)
        return
    for name, lookup, field in filters.every(rows):
        yield _filter(name, lookup, field)


PLAIN: dict[str, Any] = {
    "q": {"type": "string", "maxLength": 200},
    "limit": {"type": "integer", "minimum": 1, "maximum": queries.LARGEST_PAGE},
    "offset": {"type": "integer", "minimum": 0, "maximum": 10_000},
    "cursor": {"type": "string"},
    "count": {"type": "boolean"},
    "format": {"type": "string", "enum": ["csv", "jsonl"]},
}
SAYS = {
    "q": "Stands in a field that is searched.",
    "limit": "How many at most; else 50.",
    "offset": "How many to leave out.",
    "cursor": "`next` of the page before.",
    "count": "Whether to add `total`.",
    "format": "csv if not told.",
}


def _filter(name: str, lookup: str, field: Any) -> OpenApiParameter:
    one: dict[str, Any] = {"type": "boolean"} if lookup == "isnull" else schema_of(field)
    if lookup != "in":
        return OpenApiParameter(name, one)
    many = {"type": "array", "items": one, "maxItems": filters.MOST}
    return OpenApiParameter(name, many, style="form", explode=False)


def schema_of(field: Any) -> dict[str, Any]:
    """What a value of a model's field is written as in a query string."""
    kind = getattr(getattr(field, "target_field", field), "get_internal_type", lambda: "")()
    if getattr(field, "choices", None):
        return {"type": "string", "enum": [word for word, _ in field.choices]}
    return dict(KINDS.get(kind, {"type": "string"}))


KINDS: dict[str, dict[str, Any]] = {
    **{kind: {"type": "integer"} for kind in ("AutoField", "BigAutoField", "IntegerField", "BigIntegerField")},
    "FloatField": {"type": "number"},
    "BooleanField": {"type": "boolean"},
    "DateField": {"type": "string", "format": "date"},
    "DateTimeField": {"type": "string", "format": "date-time"},
    "UUIDField": {"type": "string", "format": "uuid"},
}


class _Link(OpenApiSerializerFieldExtension):
    target_class = Link
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """A reference is an id, or what it names where that was expanded, or null; a link to many is a list of rows."""
        link: Link = self.target
        reference = auto_schema.resolve_serializer(link.shown(), direction).ref
        if link.many:
            return {"type": "array", "items": reference}
        return {"oneOf": [schema_of(link.rows.keyed), reference, {"type": "null"}]}


class _Document(OpenApiSerializerFieldExtension):
    target_class = JSONField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """Any document; whether it may be null is said like everywhere."""
        return {"type": ["array", "boolean", "number", "object", "string"]}


class _Computed(OpenApiSerializerFieldExtension):
    target_class = Computed

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """What the database works out is shown as its field says."""
        return auto_schema._map_serializer_field(self.target.field, direction)

