"""Registering, open to everybody. An account begins when its address is verified."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts import accounts, mails, tickets
from apps.accounts.serializers import Register
from apps.accounts.views import AuthViewSet
from apps.core.endpoints import body, empty
from apps.core.schema import documented


@extend_schema(auth=[])
class RegistrationViewSet(AuthViewSet):
    """Registering."""

    @documented("register", 400, 413, 415, 422, 429, status=202, request=Register)
    def register(self, request: Request) -> HttpResponse:
        """Ask for an account. A mail brings the link that begins it, or says that there is one; the answer does not."""
        details = accounts.details_of(body(request, Register))
        with transaction.atomic():
            ticket = tickets.issue("register", details["email"], details=details)
            mails.ask("register", details["email"], ticket)
        return empty(202)


urlpatterns = [path("register", RegistrationViewSet.as_view({"post": "register"}))]
