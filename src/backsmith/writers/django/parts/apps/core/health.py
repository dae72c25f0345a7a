"""Whether the process lives, whether it can serve, and what it counts."""

import hmac
from enum import StrEnum

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from apps.core.endpoints import Endpoint
from apps.core.errors import NotFound, Unavailable, answer
from apps.core.schema import documented
from config.environment import settings


class Phase(StrEnum):
    STARTING, SERVING, STOPPING = "starting", "serving", "stopping"


class Process:
    """The phase of this process's life: the server sets it."""

    phase = Phase.STARTING


class Health(ViewSetMixin, Endpoint):
    """What whoever runs the process asks it. Nobody has to say who they are."""

    authentication_classes = ()

    @documented("live", answer={"type": "object", "additionalProperties": {"type": "string"}})
    def live(self, request: Request) -> HttpResponse:
        """The process answers. Asks nobody else: restarting it would not help a database."""
        return HttpResponse(b'{"status":"live"}', "application/json")

    @documented("ready", 503, answer={"type": "object", "additionalProperties": {"type": "string"}})
    def ready(self, request: Request) -> HttpResponse:
        """The process may be sent requests: it has started, is not stopping, and reaches its database."""
        if Process.phase is not Phase.SERVING:
            raise Unavailable(f"The process is {Process.phase}.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return HttpResponse(b'{"status":"ready"}', "application/json")


def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads; in production with METRICS_TOKEN as its bearer token only."""
    token, sent = settings.metrics_token, request.META.get("HTTP_AUTHORIZATION", "")
    expected = f"Bearer {token.get_secret_value()}" if token else sent
    if (token is None and settings.production) or not hmac.compare_digest(sent.encode(), expected.encode()):
        return answer(NotFound())
    return HttpResponse(generate_latest(), CONTENT_TYPE_LATEST)


urlpatterns = [
    path("health/live", Health.as_view({"get": "live"})),
    path("health/ready", Health.as_view({"get": "ready"})),
    path("metrics", metrics),
]
