"""What every view is: it knows its methods before it asks who calls, and speaks JSON whatever `Accept` says."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.authentication import CallerAuthentication
from apps.core.errors import FieldError, Invalid, MethodNotAllowed
from apps.core.parsers import JSONParser
from apps.core.serializers import Serializer

B = TypeVar("B", bound=Serializer)


class Negotiation(BaseContentNegotiation):
    """There is one way to answer, and one to read: JSON by any of its media types (RFC 6839, 3.1)."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = request.content_type.partition(";")[0].strip().lower()
        kind = "application/json" if kind.endswith("+json") else kind
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        found = next(iter(renderers))
        return found, found.media_type


class Endpoint(APIView):
    """A view that answers in the order of the contract: 405, who calls, and then what its method says."""

    http_method_names = ["get", "post", "put", "patch", "delete"]
    authentication_classes: Sequence[type[BaseAuthentication]] = (CallerAuthentication,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes: Sequence[type[BaseParser]] = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = Negotiation
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
