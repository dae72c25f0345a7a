"""Registering without verification, for development: the time of an answer tells whether an address has an account."""

from contextlib import suppress

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts import accounts
from apps.accounts.serializers import Register
from apps.accounts.views import AuthViewSet
from apps.core.endpoints import body, empty
from apps.core.errors import Conflict
from apps.core.schema import documented


@extend_schema(auth=[])
class RegistrationViewSet(AuthViewSet):
    """Registering."""

    @documented("register", 400, 413, 415, 422, 429, status=202, request=Register)
    def register(self, request: Request) -> HttpResponse:
        """Make an account at once. The answer is the same where the address has one."""
        details = accounts.details_of(body(request, Register))
        with suppress(Conflict), transaction.atomic():
            accounts.make(details, verified=False)
        return empty(202)


urlpatterns = [path("register", RegistrationViewSet.as_view({"post": "register"}))]
