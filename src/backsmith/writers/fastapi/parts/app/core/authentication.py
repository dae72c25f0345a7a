"""Who calls: by bearer token, API key or cookie; or nobody. The account is read anew at every request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from fastapi.openapi.models import OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.security.base import SecurityBase
from sqlalchemy import Executable, bindparam, select

from app.auth.models import ApiKey, Session
from app.auth.rules import API
from app.core import cookies, database, limits, tokens
from app.core.caller import Caller, Roles
from app.core.errors import Forbidden, Unauthorized
from app.core.statements import rows
from app.models.user import User

OWN = "/* who calls */"  # marks the statements that read the caller's account
_account_of = select(User.id, User.roles).prefix_with(OWN).where(User.active)
BY_SESSION = _account_of.join(Session, Session.user_id == User.id).where(Session.id == bindparam("session"))
_with_key = _account_of.add_columns(ApiKey.roles).join(ApiKey, ApiKey.user_id == User.id)
BY_KEY = _with_key.where(ApiKey.token_hash == bindparam("hash"))


@dataclass(frozen=True, slots=True)
class Principal(Caller):
    """A caller, and by what they are known: the `session` of a sign-in, or the `scope`, its roles, of a key."""

    session: int = 0
    scope: Roles | None = None


ENTER: list[Callable[[Request, Principal], Awaitable[Principal]]] = []
"""What else makes a caller: the tenant, where there are tenants."""


class Credentials(SecurityBase):
    """Finds out who calls. One dependency: each costs as much as reading a token."""

    password = OAuthFlowPassword(tokenUrl=f"{API}/auth/token", refreshUrl=f"{API}/auth/refresh")
    model, scheme_name = OAuth2(flows=OAuthFlows(password=password)), "OAuth2"

    async def __call__(self, request: Request) -> Principal:
        """Raises Unauthorized for credentials that are not good, Forbidden for cookies without their CSRF token."""
        try:
            caller = await _identified(request)
        except Unauthorized:
            limits.count(request)
            raise
        limits.count(request, caller.id)
        structlog.contextvars.bind_contextvars(caller=caller.id)
        for enter in ENTER:
            caller = await enter(request, caller)
        return caller


async def _identified(request: Request) -> Principal:
    headers = request.headers
    if (header := headers.get("authorization")) is not None:
        scheme, _, token = header.partition(" ")
        return await _by_token(token if scheme.lower() == "bearer" else "")
    if (key := headers.get("x-api-key")) is not None:
        return await _by_key(key)
    if "cookie" in headers and (token := request.cookies.get(cookies.ACCESS, "")):
        caller = await _by_token(token)
        cookies.check_csrf(request, caller.session)
        return caller
    return Principal()


async def _by_token(token: str) -> Principal:
    claims = tokens.read("at+jwt", token)
    row = await _account(BY_SESSION, session=claims["sid"])
    if str(row[0]) != claims["sub"]:
        raise tokens.refused()
    return Principal(row[0], frozenset((*row[1], "signed_in")), session=claims["sid"])


async def _by_key(key: str) -> Principal:
    row = await _account(BY_KEY, hash=tokens.digest(key))
    scope = frozenset(row[2])
    return Principal(row[0], scope.intersection(row[1]) | {"signed_in"}, scope=scope)


async def _account(statement: Executable, **bound: Any) -> Any:
    async with database.reading() as db:
        found = await rows(db, statement, bound)
    if not found:
        raise tokens.refused()
    return found[0]


credentials = Credentials()


async def _signed_in(caller: Annotated[Principal, Depends(credentials)]) -> Principal:
    if caller.id is None:
        raise Unauthorized()
    if not caller.session:
        raise Forbidden("do this with an API key: sign in")
    return caller


CurrentCaller = Annotated[Caller, Depends(credentials)]
"""Whoever calls, a stranger too. Raises Unauthorized for credentials that are not good."""
CurrentAccount = Annotated[Principal, Depends(_signed_in)]
"""Whoever signed in themselves. Raises Unauthorized for strangers, Forbidden for API keys."""
