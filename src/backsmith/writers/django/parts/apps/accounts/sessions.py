"""Signing in, staying signed in, and signing out: with bearer tokens, or with the same in cookies for browsers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import exceptions, parsers, serializers
from rest_framework.request import Request

from apps.accounts import accounts
from apps.accounts.models import Session, User
from apps.accounts.rules import VERIFIED
from apps.accounts.throttle import guarded
from apps.accounts.views import AuthViewSet
from apps.core import cookies, passwords, tokens
from apps.core.authentication import signed_in
from apps.core.endpoints import body, empty
from apps.core.errors import FieldError, Forbidden, Invalid, Unauthorized
from apps.core.filters import truth
from apps.core.schema import documented
from apps.core.serializers import CharField, Serializer, errors_of

ACCESS = timedelta(minutes=15)
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)  # how long a sign-in lasts unused, and at most


@extend_schema_serializer(component_name="Body_token")
class SignIn(Serializer):
    """The form of OAuth2's password grant (RFC 6749, 4.3.2)."""

    grant_type = CharField(pattern="^password$", required=False)
    username = passwords.GivenPassword(max_length=None)  # any text: what is no address has no account
    password = passwords.GivenPassword(max_length=None)
    scope = passwords.GivenPassword(max_length=None, required=False)
    client_id = passwords.GivenPassword(max_length=None, required=False)
    client_secret = passwords.GivenPassword(max_length=None, required=False)


class Tokens(serializers.Serializer[Any]):
    """A sign-in. In cookies, or as tokens; the CSRF token goes into `X-CSRF-Token` of every change made by cookie."""

    token_type = serializers.ChoiceField(choices=["bearer", "cookie"])
    expires_in = serializers.IntegerField()
    access_token = serializers.CharField(required=False, allow_null=True)
    refresh_token = serializers.CharField(required=False, allow_null=True)
    csrf_token = serializers.CharField(required=False, allow_null=True)


class Refresh(Serializer):
    """What keeps somebody signed in who does not use cookies."""

    optional: ClassVar = True

    refresh_token = CharField()


COOKIES = OpenApiParameter("cookies", bool, description="Whether to sign in by cookies.", default=False)
FORM = {"application/x-www-form-urlencoded": SignIn}


class SignInViewSet(AuthViewSet):
    """Signing in."""

    parser_classes = (parsers.FormParser, parsers.MultiPartParser)

    @extend_schema(auth=[], parameters=[COOKIES])
    @documented("token", 401, 403, 422, 429, request=FORM, answer=Tokens)
    def token(self, request: Request) -> HttpResponse:
        """Sign in with the address as `username`, and the password. A refusal does not tell what was wrong."""
        form, in_cookies = _form(request)
        if in_cookies and request.headers.get("sec-fetch-site") == "cross-site":
            raise Forbidden("sign people in from another site")
        email = form["username"].lower().replace("\0", "")
        with guarded(request, email):
            user, session, jti = _begun(email, form["password"])
        return _answer(user, session, jti, in_cookies)


class SessionViewSet(AuthViewSet):
    """Staying signed in, and signing out."""

    @extend_schema(auth=[])
    @documented("refresh", 401, 403, 422, 429, request=Refresh, answer=Tokens)
    def refresh(self, request: Request) -> HttpResponse:
        """Change a refresh token, sent or in a cookie, for new tokens. It is good once: a second ends the session."""
        by_cookie = not request.body or request.data is None
        sent = request.COOKIES.get(cookies.REFRESH)
        if not by_cookie:
            sent = body(request, Refresh).validated_data["refresh_token"]
        if sent is None:
            raise Unauthorized()
        claims = tokens.read("rt+jwt", sent)
        if by_cookie:
            cookies.check_csrf(request, claims["sid"])
        jti = tokens.secret()
        if not _rotated(claims, jti):
            Session.objects.filter(pk=claims["sid"]).delete()  # somebody else has a copy
            raise tokens.refused()
        return _answer(claims["sub"], claims["sid"], jti, by_cookie)

    @documented("logout", 401, 403, status=204)
    def logout(self, request: Request) -> HttpResponse:
        """End this session: none of its tokens is good any longer."""
        account = signed_in(request)
        Session.objects.filter(pk=account.session).delete()
        response = empty()
        cookies.store(response, dict.fromkeys((cookies.ACCESS, cookies.REFRESH, cookies.CSRF), ("", 0)))
        return response


def _form(request: Request) -> tuple[Mapping[str, Any], bool]:
    """What a form says, and whether cookies are asked for. Raises Invalid with all that is wrong."""
    try:
        given: Any = request.data
        sent = {name: value for name, value in given.items() if value != ""}
    except exceptions.UnsupportedMediaType:  # what is no form says nothing
        sent = {}
    form = SignIn(data={name: value for name, value in sent.items() if name in SignIn().fields})
    wrong = [] if form.is_valid() else list(errors_of(form.errors))
    try:
        in_cookies = truth(request.query_params.get("cookies", "false"))
    except exceptions.ValidationError as error:
        wrong += [FieldError("cookies", told.code, told.message) for told in errors_of(error.detail)]
    if wrong:
        raise Invalid(wrong)
    return form.validated_data, in_cookies


def _begun(email: str, password: str) -> tuple[Any, int, str]:
    """Account, new session and its `jti`. Without an account it takes as long. Raises Unauthorized."""
    refused = tokens.refused("The address or the password is not right.")
    account = User.objects.filter(VERIFIED, email=email).values("pk", "password").first()
    stored = account and account["password"]
    if not passwords.matches(stored, password) or account is None:
        raise refused
    newer = passwords.hashed(password) if passwords.is_outdated(stored) else stored
    jti = tokens.secret()
    with transaction.atomic():
        # Locked, so that a sign-in and a change of the password come one after the other.
        same = User.objects.select_for_update().filter(pk=account["pk"], password=stored, active=True)
        if not same.values_list("pk"):
            raise refused
        if newer != stored:
            accounts.change(account["pk"], password=newer)
        opened = Session(user_id=account["pk"], token_hash=tokens.digest(jti), expires_at=now() + IDLE)
        opened.save(force_insert=True)
    return account["pk"], opened.pk, jti


def _rotated(claims: Mapping[str, Any], jti: str) -> bool:
    """Whether this was the newest token of its session, which from now on is the one with this `jti`."""
    moment = now()
    newest = Session.objects.filter(pk=claims["sid"], token_hash=tokens.digest(claims["jti"]))
    good = newest.filter(expires_at__gt=moment, created_at__gt=moment - LONGEST)
    return good.update(token_hash=tokens.digest(jti), expires_at=moment + IDLE, updated_at=moment) == 1


def _answer(user: Any, session: int, jti: str, in_cookies: bool) -> HttpResponse:
    access = tokens.issue("at+jwt", user, ACCESS, sid=session)
    refresh = tokens.issue("rt+jwt", user, IDLE, sid=session, jti=jti)
    csrf, age, idle = cookies.csrf(session), int(ACCESS.total_seconds()), int(IDLE.total_seconds())
    bearer = {"token_type": "bearer", "expires_in": age, "access_token": access, "refresh_token": refresh}
    shown = {"token_type": "cookie", "expires_in": age, "csrf_token": csrf} if in_cookies else bearer
    response = HttpResponse(msgspec.json.encode(shown), "application/json")
    if in_cookies:
        kept = {cookies.ACCESS: (access, age), cookies.REFRESH: (refresh, idle), cookies.CSRF: (csrf, idle)}
        cookies.store(response, kept)
    return response


urlpatterns = [
    path("token", SignInViewSet.as_view({"post": "token"})),
    path("refresh", SessionViewSet.as_view({"post": "refresh"})),
    path("logout", SessionViewSet.as_view({"post": "logout"})),
]
