"""Who calls: by bearer token, API key or cookie; or nobody. The account is read anew at every request."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import structlog
from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField
from django.utils.functional import SimpleLazyObject
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts.models import ApiKey, Session, User
from apps.accounts.rules import API
from apps.core import cookies, limits, tokens
from apps.core.caller import Caller
from apps.core.errors import Forbidden, Unauthorized
from apps.core.statements import Given, Statement

_sessions = Session.objects.filter(user__active=True).values_list("user_id", "user__roles")
_keys = ApiKey.objects.filter(user__active=True).values_list("user_id", "user__roles", "roles")
BY_SESSION = Statement(_sessions.filter(pk=Given("secret", Session._meta.pk)))
BY_KEY = Statement(_keys.filter(token_hash=Given("secret", CharField())))

Enter: TypeAlias = Callable[[Request, Caller], Caller]
ENTER: list[Enter] = []
"""What else makes a caller: the tenant, where there are tenants."""


class Authentication(BaseAuthentication):
    """Finds out who calls. `request.auth` is the Caller; `request.user` the account, read where it is used."""

    def authenticate(self, request: Request) -> tuple[Any, Caller]:
        """Raises Unauthorized for credentials that are not good, Forbidden for cookies without their CSRF token."""
        try:
            caller = _identified(request)
        except Unauthorized:
            limits.count(request)
            raise
        limits.count(request, caller.id)
        structlog.contextvars.bind_contextvars(caller=caller.id)
        for enter in ENTER:
            caller = enter(request, caller)
        if caller.id is None:
            return AnonymousUser(), caller
        return SimpleLazyObject(lambda: User.objects.get(pk=caller.id)), caller

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def caller_of(request: Request) -> Caller:
    """Whoever calls, a stranger too. Raises Unauthorized for credentials that are not good."""
    caller: Any = request.auth
    assert isinstance(caller, Caller)
    return caller


def account_of(request: Request) -> Caller:
    """Whoever calls with an account. Raises Unauthorized for strangers."""
    caller = caller_of(request)
    if caller.id is None:
        raise Unauthorized()
    return caller


def signed_in(request: Request) -> Caller:
    """Whoever signed in themselves. Raises Unauthorized for strangers, Forbidden for API keys."""
    caller = account_of(request)
    if not caller.session:
        raise Forbidden("do this with an API key: sign in")
    return caller


def _identified(request: Request) -> Caller:
    headers = request.META
    if (header := headers.get("HTTP_AUTHORIZATION")) is not None:
        scheme, _, token = header.partition(" ")
        return _by_token(token if scheme.lower() == "bearer" else "")
    if (key := headers.get("HTTP_X_API_KEY")) is not None:
        return _by_key(key)
    if token := request.COOKIES.get(cookies.ACCESS, ""):
        caller = _by_token(token)
        cookies.check_csrf(request, caller.session)
        return caller
    return Caller()


def _by_token(token: str) -> Caller:
    claims = tokens.read("at+jwt", token)
    id, roles = _account(BY_SESSION, claims["sid"])
    if str(id) != claims["sub"]:
        raise tokens.refused()
    return Caller(id=id, roles=frozenset((*roles, "signed_in")), session=claims["sid"])


def _by_key(key: str) -> Caller:
    id, roles, own = _account(BY_KEY, tokens.digest(key))
    scope = frozenset(own)
    return Caller(id=id, roles=scope.intersection(roles) | {"signed_in"}, scope=scope)


def _account(statement: Statement, secret: Any) -> Sequence[Any]:
    if (found := statement.first(secret=secret)) is None:
        raise tokens.refused()
    return found


class _Scheme(OpenApiAuthenticationExtension):  # it registers itself
    """How the documentation says what credentials are taken: any one of them will do."""

    target_class = Authentication
    name = ["OAuth2", "ApiKey", "Cookie"]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> Any:
        flow = {"scopes": {}, "tokenUrl": f"{API}/auth/token", "refreshUrl": f"{API}/auth/refresh"}
        cookie = {
            "type": "apiKey",
            "in": "cookie",
            "name": cookies.ACCESS,
            "description": "With X-CSRF-Token to change.",
        }
        return [
            {"type": "oauth2", "flows": {"password": flow}},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            cookie,
        ]
