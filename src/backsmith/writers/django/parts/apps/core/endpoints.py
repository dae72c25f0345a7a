"""What every view is: it knows its methods before it asks who calls."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.errors import FieldError, Invalid, MethodNotAllowed
from apps.core.serializers import Serializer

B = TypeVar("B", bound=Serializer)


class Endpoint(APIView):
    """A view that answers in the order of the contract: 405, who calls, and then what its method says."""

    authentication_classes: Sequence[type[BaseAuthentication]]
    parser_classes: Sequence[type[BaseParser]]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    default_response_headers: dict[str, str] = {}  # answers do not say `Allow`

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        taken = [method for method in self.http_method_names if hasattr(self, method)]
        if str(request.method).lower() not in taken:
            refused = MethodNotAllowed()
            refused.headers = {"Allow": ", ".join(taken).upper()}
            raise refused
        super().initial(request, *args, **kwargs)


def body(request: Request, kind: type[B]) -> B:
    """The body, valid. Raises BadJson, WrongMediaType or Invalid."""
    if not request.body:
        raise Invalid([FieldError("", "required", "Field required")])
    found = kind(data=request.data)
    found.checked()
    return found


def empty(status: int = 204) -> HttpResponse:
    """An answer that says nothing."""
    response = HttpResponse(status=status)
    del response.headers["Content-Type"]
    return response
