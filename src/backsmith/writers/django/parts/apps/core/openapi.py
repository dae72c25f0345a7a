"""What the documentation says of an endpoint: its name is that of the function that serves it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

F = TypeVar("F", bound=Callable[..., Any])
PROBLEM = "application/problem+json"


class FieldProblem(serializers.Serializer[Any]):
    """What is wrong with one field or parameter."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemDocument(serializers.Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]  # the document's word


def operation(answer: Any, *problems: int, status: int = 200, takes: Any = None, **more: Any) -> Callable[[F], F]:
    """Documents an endpoint: what it takes and answers, and the problems that it knows of."""

    def documented(function: F) -> F:
        answers: dict[Any, Any] = {status: answer or OpenApiResponse(description=HTTPStatus(status).phrase)}
        refused = {
            (each, PROBLEM): OpenApiResponse(ProblemDocument, HTTPStatus(each).phrase) for each in sorted(problems)
        }
        described = {"operation_id": function.__name__, "request": takes, "responses": answers | refused, **more}
        found: F = extend_schema(**described)(function)
        return found

    return documented
