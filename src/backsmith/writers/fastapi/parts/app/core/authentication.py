"""Who calls: by bearer token, API key or cookie; or nobody. The account is read anew at every request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, APIKeyHeader, OAuth2PasswordBearer
from sqlalchemy import bindparam, or_, select

from app.auth.models import ApiKey, Session
from app.auth.rules import API
from app.core import cookies, limits, tokens
from app.core.caller import Caller
from app.core.database import now, reads
from app.core.errors import Forbidden, Unauthorized
from app.models.user import User, UserId

# For the documents: `_identify` reads the request itself, since whoever sends a malformed header is no stranger.
Bearer = Depends(OAuth2PasswordBearer(f"{API}/auth/token", refreshUrl=f"{API}/auth/refresh", auto_error=False))
Key = Depends(APIKeyHeader(name="X-API-Key", auto_error=False))
Cookie = Depends(APIKeyCookie(name=cookies.ACCESS, auto_error=False))

BY_SESSION = (
    select(User.id, User.roles)
    .join(Session, Session.user_id == User.id)
    .where(Session.id == bindparam("session"), User.id == bindparam("user"), User.active)
)
BY_KEY = (
    select(User.id, User.roles, ApiKey.roles)
    .join(ApiKey, ApiKey.user_id == User.id)
    .where(
        ApiKey.token_hash == bindparam("hash"),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now")),
        User.active,
    )
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A caller who signed in themselves, and with which session: only they may change how the account is reached."""

    caller: Caller
    user: UserId
    session: int


def bearer(request: Request) -> str | None:
    """The token of `Authorization: Bearer`, or None. Raises Unauthorized for any other use of the header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise tokens.refused()
    return token.strip()


async def _identify(request: Request) -> tuple[Caller, int | None]:
    if (token := bearer(request)) is not None:
        return await _by_token(token)
    if (key := request.headers.get("x-api-key")) is not None:
        return await _by_key(key), None
    if (token := request.cookies.get(cookies.ACCESS)) is not None:
        caller, session = await _by_token(token)
        cookies.check_csrf(request, session)
        return caller, session
    return Caller(), None


async def _by_token(token: str) -> tuple[Caller, int]:
    claims = tokens.read("at+jwt", token)
    user: UserId = User.id.type.python_type(claims["sub"])
    async with reads.connect() as db:
        row = (await db.execute(BY_SESSION, {"session": claims["sid"], "user": user})).one_or_none()
    if row is None:
        raise tokens.refused()
    return Caller(row[0], frozenset((*row[1], "signed_in"))), claims["sid"]


async def _by_key(key: str) -> Caller:
    async with reads.connect() as db:
        row = (await db.execute(BY_KEY, {"hash": tokens.digest(key), "now": now()})).one_or_none()
    if row is None:
        raise tokens.refused()
    return Caller(row[0], frozenset(row[1]) & frozenset(row[2]) | {"signed_in"})


async def _identity(
    request: Request, bearer: str | None = Bearer, key: str | None = Key, cookie: str | None = Cookie
) -> tuple[Caller, int | None]:
    try:
        caller, session = await _identify(request)
    except Unauthorized:
        limits.count(request)
        raise
    limits.count(request, caller.id)
    return caller, session


Identity = Annotated[tuple[Caller, int | None], Depends(_identity)]


async def _caller(identity: Identity) -> Caller:
    return identity[0]


async def _signed_in(identity: Identity) -> SignedIn:
    caller, session = identity
    if caller.id is None:
        raise Unauthorized()
    if session is None:
        raise Forbidden("do this with an API key: sign in")
    return SignedIn(caller, caller.id, session)  # type: ignore[arg-type]  # ids are of one type


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""Whoever calls, a stranger too. Raises Unauthorized for credentials that are not good."""
CurrentAccount = Annotated[SignedIn, Depends(_signed_in)]
"""Whoever calls with a sign-in of their own. Raises Unauthorized for strangers, Forbidden for API keys."""
