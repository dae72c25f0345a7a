"""Signing in, staying signed in, and signing out: with bearer tokens, or with the same in cookies for browsers."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import bindparam, delete, insert, select, true, update

from app.auth import accounts, rules
from app.auth.models import Session
from app.auth.throttle import guarded
from app.core import authentication, cookies, passwords, tokens, types
from app.core.database import now, reader, transaction
from app.core.errors import Forbidden, Unauthorized
from app.core.routes import JsonRoute, problems
from app.core.schemas import Answer, Body, Text
from app.models.user import User, UserId

router = APIRouter(route_class=JsonRoute)

ACCESS = timedelta(minutes=15)
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)  # how long a sign-in lasts unused, and at most

_verified = User.verified_at.is_not(None) if rules.VERIFY else true()
ACCOUNT = select(User.id, User.password_hash).where(User.email == bindparam("address"), _verified)
# Locked, so that a sign-in and a change of the password come one after the other.
_same = User.id == bindparam("user"), User.password_hash == bindparam("hash"), User.active
STILL = select(User.id).where(*_same).with_for_update()
OPEN = insert(Session).returning(Session.id)
_unused = Session.id == bindparam("session"), Session.token_hash == bindparam("old")
_in_time = Session.expires_at > bindparam("now", type_=types.UtcDateTime)
_not_too_old = Session.created_at > bindparam("earliest", type_=types.UtcDateTime)
_good = update(Session).where(*_unused, _in_time, _not_too_old)
ROTATE = _good.values(token_hash=bindparam("new"), expires_at=bindparam("until")).returning(Session.user_id)
CLOSE = delete(Session).where(Session.id == bindparam("session"))


SignIn = Annotated[OAuth2PasswordRequestForm, Depends()]
InCookies = Annotated[bool, Query(alias="cookies")]


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


@router.post("/token", response_model=Tokens, responses=problems(401, 403, 422, 429))
async def token(request: Request, form: SignIn, in_cookies: InCookies = False) -> Response:
    """Sign in with the address as `username`, and the password. A refusal does not tell what was wrong."""
    if in_cookies and request.headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden("sign people in from another site")
    email = form.username.lower().replace("\0", "")
    async with guarded(request, email):
        user, session, jti = await _begun(email, form.password)
    return _answer(user, session, jti, in_cookies)


@router.post("/refresh", response_model=Tokens, responses=problems(401, 403, 422, 429))
async def refresh(request: Request, body: Refresh | None = None) -> Response:
    """Change a refresh token, sent or in a cookie, for new tokens. It is good once: a second use ends the session."""
    sent = body.refresh_token if body else request.cookies.get(cookies.REFRESH)
    if sent is None:
        raise Unauthorized()
    claims = tokens.read("rt+jwt", sent)
    if body is None:
        cookies.check_csrf(request, claims["sid"])
    session, jti, moment = claims["sid"], tokens.secret(), now()
    hashes = {"old": tokens.digest(claims["jti"]), "new": tokens.digest(jti)}
    moments = {"now": moment, "until": moment + IDLE, "earliest": moment - LONGEST}
    async with transaction() as db:
        user = await db.scalar(ROTATE, {"session": session, **hashes, **moments})
        if user is None:  # it is not the newest token: somebody else has a copy
            await db.execute(CLOSE, {"session": session})
    if user is None:
        raise tokens.refused()
    return _answer(user, session, jti, body is None)


@router.post("/logout", status_code=204, response_model=None, responses=problems(401, 403))
async def logout(account: authentication.CurrentAccount) -> Response:
    """End this session: none of its tokens is good any longer."""
    async with transaction() as db:
        await db.execute(CLOSE, {"session": account.session})
    response = Response(status_code=204)
    cookies.store(response, dict.fromkeys((cookies.ACCESS, cookies.REFRESH, cookies.CSRF), ("", 0)))
    return response


async def _begun(email: str, password: str) -> tuple[UserId, int, str]:
    """Account, new session and its `jti`. Without an account it takes as long. Raises Unauthorized."""
    refused = tokens.refused("The address or the password is not right.")
    async with reader() as db:
        account = (await db.execute(ACCOUNT, {"address": email})).one_or_none()
    if not await passwords.matches(account and account.password_hash, password) or account is None:
        raise refused
    outdated = passwords.hasher.check_needs_rehash(account.password_hash)
    newer = await passwords.hashed(password) if outdated else account.password_hash
    jti = tokens.secret()
    async with transaction() as db:
        if await db.scalar(STILL, {"user": account.id, "hash": account.password_hash}) is None:
            raise refused
        if outdated:
            await db.execute(accounts.SET, {"user": account.id, "password_hash": newer})
        values = {"user_id": account.id, "token_hash": tokens.digest(jti), "expires_at": now() + IDLE}
        return account.id, (await db.execute(OPEN, values)).scalar_one(), jti


def _answer(user: UserId, session: int, jti: str, in_cookies: bool) -> Response:
    access = tokens.issue("at+jwt", user, ACCESS, sid=session)
    refresh = tokens.issue("rt+jwt", user, IDLE, sid=session, jti=jti)
    csrf, age, idle = cookies.csrf(session), int(ACCESS.total_seconds()), int(IDLE.total_seconds())
    bearer = {"token_type": "bearer", "expires_in": age, "access_token": access, "refresh_token": refresh}
    shown = {"token_type": "cookie", "expires_in": age, "csrf_token": csrf} if in_cookies else bearer
    response = Response(msgspec.json.encode(shown), media_type="application/json")
    if in_cookies:
        kept = {cookies.ACCESS: (access, age), cookies.REFRESH: (refresh, idle), cookies.CSRF: (csrf, idle)}
        cookies.store(response, kept)
    return response
