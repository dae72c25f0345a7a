"""Signing in, staying signed in, and signing out: with bearer tokens, or with the same in cookies for browsers."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, delete, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import rules
from app.auth.models import Session
from app.auth.throttle import guarded
from app.core import cookies, passwords, tokens
from app.core.authentication import CurrentAccount
from app.core.database import now, reads, transaction
from app.core.errors import FieldError, Unauthorized, problems
from app.core.routes import JsonRoute
from app.core.schemas import Answer, Body, EmailText, Text
from app.core.types import UtcDateTime
from app.models.user import User, UserId

router = APIRouter(route_class=JsonRoute)

ACCESS = timedelta(minutes=15)
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)
"""How long a sign-in lasts unused, and at most."""

ACCOUNT = select(User.id, User.password_hash).where(
    User.email == bindparam("address"), User.active, User.verified_at.is_not(None) if rules.VERIFY else true()
)
# Locked, so that a sign-in and a change of the password come one after the other.
STILL = (
    select(User.id)
    .where(User.id == bindparam("user"), User.password_hash == bindparam("hash"), User.active)
    .with_for_update()
)
REHASH = update(User).where(User.id == bindparam("user")).values(password_hash=bindparam("hash"))
OPEN = insert(Session).returning(Session.id)
ROTATE = (
    update(Session)
    .where(
        Session.id == bindparam("session"),
        Session.token_hash == bindparam("old"),
        Session.expires_at > bindparam("now", type_=UtcDateTime),
    )
    .values(token_hash=bindparam("new"), expires_at=bindparam("until"))
    .returning(Session.user_id)
)
CLOSE = delete(Session).where(Session.id == bindparam("session"))

_address = TypeAdapter[str](EmailText)


class Tokens(Answer):
    """A sign-in. In cookies, or as tokens; the CSRF token goes into `X-CSRF-Token` of every change made by cookie."""

    token_type: Literal["bearer", "cookie"]
    expires_in: int
    access_token: str | None = None
    refresh_token: str | None = None
    csrf_token: str | None = None


class Refresh(Body):
    """What keeps somebody signed in who does not use cookies."""

    refresh_token: Text


class SignIn(NamedTuple):
    """The tokens of one session, and for how long they are good."""

    session: int
    access: str
    refresh: str
    left: timedelta


@router.post("/token", response_model=Tokens, responses=problems(401, 403, 422, 429))
async def token(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    with_cookies: Annotated[bool, Query(alias="cookies")] = False,
) -> Response:
    """Sign in with the address as `username`, and the password. A refusal does not tell what was wrong."""
    if with_cookies:
        cookies.check_origin(request)
    email = _readable(form.username)
    async with guarded(request, email):
        signed = await _signed_in(email, form.password)
    return _answer(signed, with_cookies)


@router.post("/refresh", response_model=Tokens, responses=problems(401, 403, 422))
async def refresh(request: Request, body: Refresh | None = None) -> Response:
    """Change a refresh token, sent or in a cookie, for new tokens. It is good once: a second use ends the session."""
    sent = body.refresh_token if body else request.cookies.get(cookies.REFRESH)
    if sent is None:
        raise Unauthorized()
    claims = tokens.read("rt+jwt", sent)
    if body is None:
        cookies.check_csrf(request, claims["sid"])
    signed = await _rotated(claims["sid"], claims["jti"], datetime.fromtimestamp(claims["end"], UTC))
    if signed is None:
        raise tokens.refused()
    return _answer(signed, body is None)


@router.post("/logout", status_code=204, response_model=None, responses=problems(401, 403))
async def logout(account: CurrentAccount) -> Response:
    """End this session: none of its tokens is good any longer."""
    async with transaction() as db:
        await db.execute(CLOSE, {"session": account.session})
    response = Response(status_code=204)
    cookies.clear(response)
    return response


async def begin(db: AsyncConnection, user: UserId) -> SignIn:
    """A new session of an account."""
    end, jti = now() + LONGEST, tokens.secret()
    values = {"user_id": user, "token_hash": tokens.digest(jti), "expires_at": now() + IDLE}
    return _tokens(user, (await db.execute(OPEN, values)).scalar_one(), jti, end)


def _tokens(user: UserId, session: int, jti: str, end: datetime) -> SignIn:
    left = min(IDLE, end - now())
    access = tokens.issue("at+jwt", user, ACCESS, sid=session)
    refresh = tokens.issue("rt+jwt", user, left, sid=session, jti=jti, end=int(end.timestamp()))
    return SignIn(session, access, refresh, left)


async def _signed_in(email: str, password: str) -> SignIn:
    """A session for whoever knows the password. Without an account it takes as long. Raises Unauthorized."""
    async with reads.connect() as db:
        account = (await db.execute(ACCOUNT, {"address": email})).one_or_none()
    if not await passwords.matches(account and account.password_hash, password) or account is None:
        raise _refused()
    stored, newer = account.password_hash, None
    if passwords.outdated(stored):
        newer = await passwords.hashed(password)
    async with transaction() as db:
        if await db.scalar(STILL, {"user": account.id, "hash": stored}) is None:
            raise _refused()
        if newer is not None:
            await db.execute(REHASH, {"user": account.id, "hash": newer})
        return await begin(db, account.id)


async def _rotated(session: int, jti: str, end: datetime) -> SignIn | None:
    """The next tokens of a session. None, and its end, where this token is not its newest: somebody else has a copy."""
    new, until = tokens.secret(), min(now() + IDLE, end)
    values = {"old": tokens.digest(jti), "new": tokens.digest(new), "until": until, "now": now()}
    async with transaction() as db:
        user = await db.scalar(ROTATE, {"session": session, **values})
        if user is None:
            await db.execute(CLOSE, {"session": session})
            return None
        return _tokens(user, session, new, end)


def _answer(signed: SignIn, with_cookies: bool) -> Response:
    lifetime, csrf = int(ACCESS.total_seconds()), cookies.csrf(signed.session)
    if with_cookies:
        shown = {"token_type": "cookie", "expires_in": lifetime, "csrf_token": csrf}
    else:
        shown = {"token_type": "bearer", "expires_in": lifetime}
        shown |= {"access_token": signed.access, "refresh_token": signed.refresh}
    response = Response(msgspec.json.encode(shown), media_type="application/json")
    if with_cookies:
        left = int(signed.left.total_seconds())
        kept = {cookies.ACCESS: (signed.access, lifetime), cookies.REFRESH: (signed.refresh, left)}
        cookies.store(response, {**kept, cookies.CSRF: (csrf, left)})
    return response


def _refused() -> Unauthorized:
    detail = "The address or the password is not right."
    return Unauthorized(detail, [FieldError("", "credentials", detail)])


def _readable(address: str) -> str:
    """The address as it would be stored, or nothing where it is none."""
    try:
        return _address.validate_python(address)
    except ValidationError:
        return ""
