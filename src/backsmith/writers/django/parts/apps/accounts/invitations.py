"""Registering by invitation. The address that was invited needs no other proof."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts import accounts, mails, tickets
from apps.accounts.serializers import Register, RolesField
from apps.accounts.views import AuthViewSet
from apps.core.authentication import signed_in
from apps.core.endpoints import body, empty
from apps.core.errors import Conflict, Forbidden
from apps.core.schema import documented
from apps.core.serializers import CharField, EmailField, Serializer


class InvitationCreate(Serializer):
    """Whom to invite, and the roles that their account will have."""

    email = EmailField()
    roles = RolesField()


class RegisterInvited(Register):
    """A registration with the code of the mail."""

    invitation = CharField()


class InvitationViewSet(AuthViewSet):
    """Inviting, and registering when one was invited."""

    @documented("invite", 400, 401, 403, 413, 415, 422, 429, status=202, request=InvitationCreate)
    def invite(self, request: Request) -> HttpResponse:
        """Invite somebody by mail: admins."""
        if not signed_in(request).has("admin"):
            raise Forbidden("invite anybody")
        sent = body(request, InvitationCreate).validated_data
        with transaction.atomic():
            ticket = tickets.issue("invite", sent["email"], details={"roles": sent["roles"]})
            mails.ask("invite", sent["email"], ticket)
        return empty(202)

    @extend_schema(auth=[])
    @documented("register", 400, 413, 415, 422, 429, status=202, request=RegisterInvited)
    def register(self, request: Request) -> HttpResponse:
        """Make the account that one was invited to."""
        sent = body(request, RegisterInvited)
        details, code = accounts.details_of(sent), sent.validated_data["invitation"]
        try:
            with transaction.atomic():
                ticket = tickets.redeem(code, "invite", field="invitation")
                if ticket.email != details["email"]:
                    raise tickets.expired("invitation")
                accounts.make({**details, **ticket.details})
        except Conflict as taken:
            raise tickets.expired("invitation") from taken
        return empty(202)


urlpatterns = [
    path("invitations", InvitationViewSet.as_view({"post": "invite"})),
    path("register", InvitationViewSet.as_view({"post": "register"})),
]
