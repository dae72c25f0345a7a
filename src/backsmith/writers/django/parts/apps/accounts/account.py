"""The own account: what it says, its password and its address."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts import accounts, mails, permissions, services, tickets
from apps.accounts.models import Ticket, User
from apps.accounts.serializers import MeRead, MeUpdate, UserRead
from apps.accounts.throttle import guarded
from apps.accounts.views import AuthViewSet
from apps.core import constraints, passwords
from apps.core.authentication import account_of, signed_in
from apps.core.caller import Caller
from apps.core.changes import Change
from apps.core.endpoints import body, empty
from apps.core.errors import Conflict, FieldError, Invalid
from apps.core.passwords import GivenPassword, NewPassword
from apps.core.schema import documented
from apps.core.serializers import CharField, EmailField, Serializer


class PasswordChange(Serializer):
    """The password as it is, and as it is to be."""

    current = GivenPassword()
    password = NewPassword()


class Forgot(Serializer):
    """Whose password was forgotten."""

    email = EmailField()


class EmailChange(Forgot):
    """The address as it is to be, and the password."""

    password = GivenPassword()


class Verify(Serializer):
    """The code of the mail."""

    token = CharField()


class Reset(Verify):
    """The code of the mail, and the password as it is to be."""

    password = NewPassword()


class AccountViewSet(AuthViewSet):
    """The own account."""

    shown = MeRead

    @documented("get_me", 401, 422, answer=UserRead)
    def retrieve(self, request: Request) -> HttpResponse:
        """The own account."""
        own: Any = account_of(request).id
        return self.row(own)

    @documented("update_me", 400, 401, 409, 412, 413, 415, 422, request=MeUpdate, answer=UserRead)
    def partial_update(self, request: Request) -> HttpResponse:
        """Change the own account. Address and password have endpoints of their own."""
        caller = account_of(request)
        own: Any = caller.id
        with transaction.atomic():
            change = Change(request, caller, self.rows, permissions.own, "change")
            change.hold(own)
            services.update(change, change.body(MeUpdate))
            return change.done()

    @documented("change_password", 400, 401, 403, 415, 422, 429, status=204, request=PasswordChange)
    def change_password(self, request: Request) -> HttpResponse:
        """Change the own password. All other sessions end."""
        account, sent = signed_in(request), body(request, PasswordChange).validated_data
        _check_password(request, account, sent["current"], "current")
        password_hash = passwords.hashed(sent["password"])
        with transaction.atomic():
            accounts.set_password(account.id, password_hash, but=account.session)
        return empty()

    @documented("change_email", 400, 401, 403, 415, 422, 429, status=202, request=EmailChange)
    def change_email(self, request: Request) -> HttpResponse:
        """Ask to move to another address: it is mailed a link. The answer does not tell whether it has an account."""
        account, sent = signed_in(request), body(request, EmailChange).validated_data
        _check_password(request, account, sent["password"], "password")
        with transaction.atomic():
            ticket = tickets.issue("address", sent["email"], account.id)
            mails.ask("address", sent["email"], ticket)
        return empty(202)


@extend_schema(auth=[])
class LinkViewSet(AuthViewSet):
    """What is done with the code of a mail, by whoever has it."""

    @documented("forgot_password", 400, 413, 415, 422, 429, status=202, request=Forgot)
    def forgot_password(self, request: Request) -> HttpResponse:
        """Ask for a mail to set a new password with. The answer does not tell whether the address has an account."""
        mails.ask("reset", body(request, Forgot).validated_data["email"])
        return empty(202)

    @documented("reset_password", 400, 413, 415, 422, 429, status=204, request=Reset)
    def reset_password(self, request: Request) -> HttpResponse:
        """Set a new password with the code of the mail. All sessions end."""
        sent = body(request, Reset).validated_data
        password_hash = passwords.hashed(sent["password"])
        with transaction.atomic():
            ticket = tickets.redeem(sent["token"], "reset")
            accounts.set_password(ticket.user_id, password_hash)
        return empty()

    @documented("verify_email", 400, 413, 415, 422, 429, status=204, request=Verify)
    def verify_email(self, request: Request) -> HttpResponse:
        """Prove with the code of a mail that its address is one's own: an account begins, or moves there."""
        code = body(request, Verify).validated_data["token"]
        try:
            with transaction.atomic():
                _prove(tickets.redeem(code, "register", "address"))
        except (Conflict, Invalid) as late:  # meanwhile the address has an account, or accounts say more
            raise tickets.expired() from late
        return empty()


def _prove(ticket: Ticket) -> None:
    if ticket.user_id is None:
        accounts.make(ticket.details)
    else:
        with constraints.told():
            accounts.change(ticket.user_id, email=ticket.email, verified_at=now())


def _check_password(request: Request, account: Caller, password: str, field: str) -> None:
    with guarded(request, account.id):
        stored = User.objects.filter(pk=account.id).values_list("password", flat=True).first()
        if not passwords.matches(stored, password):
            raise Invalid([FieldError(field, "credentials", "This is not the password.")])


urlpatterns = [
    path("me", AccountViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("password/change", AccountViewSet.as_view({"post": "change_password"})),
    path("password/forgot", LinkViewSet.as_view({"post": "forgot_password"})),
    path("password/reset", LinkViewSet.as_view({"post": "reset_password"})),
    path("email/change", AccountViewSet.as_view({"post": "change_email"})),
    path("email/verify", LinkViewSet.as_view({"post": "verify_email"})),
]
