"""What the OpenAPI document says, beside what Django REST framework's serializers tell drf-spectacular."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework.serializers import CharField, ChoiceField, DurationField, IntegerField, JSONField, Serializer

from apps.core import errors, filters, queries, serializers
from apps.core.shown import Computed, Link, Rows

F = TypeVar("F", bound=Callable[..., Any])

FILE = {("200", "text/csv"): {"type": "string"}, ("200", "application/jsonl"): {"type": "string"}}
"""The answer of an export."""


@extend_schema_serializer(component_name="FieldError")
class FieldErrorRead(Serializer[Any]):
    """What is wrong with one field or parameter: `field` is its dotted path, or empty for the request as a whole."""

    field = CharField()
    code = ChoiceField(choices=list(errors.CODES))
    message = CharField()


@extend_schema_serializer(component_name="ProblemDocument")
class ProblemRead(Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = CharField()
    title = CharField()
    status = IntegerField()
    detail = CharField()
    errors = FieldErrorRead(many=True)  # type: ignore[assignment]  # the class takes it out, and has its own again


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


IF_MATCH = _header("If-Match", "The ETag that the row must still have.")
IF_NONE_MATCH = _header("If-None-Match", "The ETag of what is known already.")
IDEMPOTENCY_KEY = _header("Idempotency-Key", "A key of the client's own: a repeated request has one effect and one answer.")
EVERYWHERE: list[OpenApiParameter] = []
"""What every request may say: for which tenant it is, where there are tenants."""


def documented(operation: str, *problems: int, status: int = 200, request: Any = None, answer: Any = None) -> Callable[[F], F]:
    """What the document says of an endpoint: its id, its body, its answer, and with which problems it may answer.

    Where 412 is one of them, the endpoint takes `If-Match`.
    """
    success = {status: OpenApiResponse(answer, HTTPStatus(status).phrase)}
    found: dict[Any, Any] = dict(answer) if answer is FILE else success
    for each in problems:
        found[each, "application/problem+json"] = OpenApiResponse(ProblemRead, HTTPStatus(each).phrase)
    found["default", "application/problem+json"] = OpenApiResponse(ProblemRead, "Any other problem.")
    summary = operation.replace("_", " ").capitalize()
    headers = [IF_MATCH] if 412 in problems else []
    decorated: Callable[[F], F] = extend_schema(operation, headers, summary=summary, request=request, responses=found)
    return decorated


@cache
def page_of(shown: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """One page of a list, for the document."""
    fields: dict[str, Any] = {
        "items": shown(many=True),
        "next": CharField(allow_null=True, help_text="The cursor of the next page; null on the last one."),
        "total": IntegerField(required=False, help_text="With `count=true`: how many there are on all pages."),
    }
    return type(f"Page_{shown.__name__}_", (Serializer,), fields)


class Schema(AutoSchema):
    """Knows the parameters of lists, exports and items."""

    TAKES = {"list": queries.LIST, "export": queries.EXPORT, "retrieve": queries.ITEM, "history": queries.HISTORY}

    def get_override_parameters(self) -> Any:
        """The parameters that a query string may have."""
        found = super().get_override_parameters()
        takes = self.TAKES.get(getattr(self.view, "action", ""))
        rows = getattr(getattr(self.view, "shown", None), "rows", None)
        if rows is not None and "{id}" in self.path:
            found = [*found, OpenApiParameter("id", schema_of(rows.keyed), OpenApiParameter.PATH)]
        if getattr(self.view, "authentication_classes", ()):
            found = [*EVERYWHERE, *found]
        if self.method == "POST" and "{id}" not in self.path and getattr(self.view, "repeatable", False):
            found = [*found, IDEMPOTENCY_KEY]
        return found if takes is None or rows is None else [*found, *parameters(rows, takes)]

    def get_tags(self) -> list[str]:
        """What the operation is about, in words."""
        return [tag.replace("-", " ") for tag in super().get_tags()]

    def _get_request_body(self, direction: Any = "request") -> Any:
        found = super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # without types
        return found and {**found, "required": not getattr(self.get_request_serializer(), "optional", False)}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        found = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # without types
        if not isinstance(serializer, serializers.Serializer):
            return found
        needed = serializer.needed and [{"required": ["id"]}, {"required": list(serializer.needed)}]
        return {**found, "additionalProperties": False, **({"anyOf": needed} if needed else {})}

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """What a field takes, in the words that every client knows."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]  # without types
        if isinstance(field, CharField) and "oneOf" in schema:
            schema |= schema.pop("oneOf")[0]  # a text of no characters is a text
        if schema.get("oneOf") == [{}, {"type": "null"}]:
            schema["anyOf"] = schema.pop("oneOf")  # null is any document too
        if schema.get("format") in SIZES:
            del schema["format"]  # the bounds say so
        if isinstance(field, serializers.DecimalField):
            del schema["type"]
            schema["anyOf"] = [*NUMBER_OR_TEXT, *([{"type": "null"}] if field.allow_null else [])]
        if written := getattr(field, "written", None):
            schema["format"] = written

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
        yield IF_NONE_MATCH
    if "q" in takes:
        yield from (_filter(name, lookup, field) for name, lookup, field in filters.every(rows))


SIZES = ("int32", "int64", "double", "decimal")
NUMBER_OR_TEXT = [{"type": "number"}, {"type": "string"}]
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
    field = getattr(field, "item", getattr(field, "target_field", field))
    kind = getattr(field, "get_internal_type", lambda: "")()
    if getattr(field, "choices", None):
        return {"type": "string", "enum": [word for word, _ in field.choices]}
    return dict(KINDS.get(kind, {"type": "string"}))


KINDS: dict[str, dict[str, Any]] = {
    **{kind: {"type": "integer"} for kind in ("AutoField", "BigAutoField", "IntegerField", "BigIntegerField")},
    "FloatField": {"type": "number"},
    "ExactDecimalField": {"anyOf": NUMBER_OR_TEXT},
    "BooleanField": {"type": "boolean"},
    "DateField": {"type": "string", "format": "date"},
    "DateTimeField": {"type": "string", "format": "date-time"},
    "TimeField": {"type": "string", "format": "time"},
    "DurationField": {"type": "string", "format": "duration"},
    "UUIDField": {"type": "string", "format": "uuid"},
}


class _Link(OpenApiSerializerFieldExtension):
    target_class = Link
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """A reference is an id, or what it names where that was expanded, or null; a link to many is a list of rows."""
        link: Link = self.target
        shown = link.shown()
        reference = auto_schema.resolve_serializer(getattr(shown.Meta, "documented", shown), direction).ref
        if link.many:
            return {"type": "array", "items": reference}
        return {"oneOf": [schema_of(link.rows.keyed), reference, {"type": "null"}]}


class _Document(OpenApiSerializerFieldExtension):
    target_class = JSONField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """Any document."""
        return {}


class _Computed(OpenApiSerializerFieldExtension):
    target_class = Computed

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """What the database works out is shown as its field says."""
        found = auto_schema._map_serializer_field(self.target.field, direction)
        found |= {"format": "duration"} if isinstance(self.target.field, DurationField) else {}
        return {name: said for name, said in found.items() if said not in SIZES}

