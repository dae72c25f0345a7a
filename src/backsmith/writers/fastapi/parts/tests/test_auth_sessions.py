"""Signing in, refreshing, signing out: by tokens and by cookies."""

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher
from httpx2 import AsyncClient, Response
from sqlalchemy import select, update

from app.auth import sessions, throttle
from app.auth.models import Failure, Session
from app.auth.rules import API, VERIFY
from app.core import cookies, passwords, tokens
from app.core.database import now, reader, transaction
from app.core.errors import Unauthorized
from app.models.user import User
from tests.conftest import PASSWORD, As, caller_of

ME = f"{API}/auth/me"
TOKEN, REFRESH, LOGOUT = f"{API}/auth/token", f"{API}/auth/refresh", f"{API}/auth/logout"


async def sign_in(client: AsyncClient, email: str, password: str = PASSWORD, **more: Any) -> Response:
    return await client.post(TOKEN, data={"username": email, "password": password}, **more)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def codes(response: Response) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in response.json()["errors"]}


async def test_signing_in(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    answer = await sign_in(stranger, ada.email.upper())
    assert answer.status_code == 200
    signed = answer.json()
    assert signed.keys() == {"token_type", "expires_in", "access_token", "refresh_token"}
    assert (signed["token_type"], signed["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    me = await stranger.get(ME, headers=bearer(signed["access_token"]))
    assert (me.status_code, me.json()["id"]) == (200, ada.json_id)


@pytest.mark.parametrize(
    ("account", "username", "password"),
    [
        ({}, "own", "another long password"),
        ({}, "own", PASSWORD.upper()),
        ({}, "nobody@example.org", PASSWORD),
        ({}, "no address\0", PASSWORD),
        ({}, "own", PASSWORD + "\0"),
        ({"active": False}, "own", PASSWORD),
        ({"password_hash": None}, "own", PASSWORD),
        ({"password_hash": "not a hash"}, "own", PASSWORD),
        *([({"verified_at": None}, "own", PASSWORD)] if VERIFY else []),
    ],
)
async def test_every_refusal_is_the_same(
    stranger: AsyncClient, as_: As, account: dict[str, Any], username: str, password: str
) -> None:
    ada = await as_(**account)
    answer = await sign_in(stranger, ada.email if username == "own" else username, password)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "The address or the password is not right."


async def test_a_password_is_checked_where_there_is_no_account_too(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, checked = await as_(), []
    verify = passwords._verify

    def counted(stored: str, password: str) -> bool:
        checked.append(stored)
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    await sign_in(stranger, ada.email, "another long password")
    await sign_in(stranger, "nobody@example.org", "another long password")
    assert len(checked) == 2
    assert all(stored.startswith("$argon2id$") for stored in checked)


async def test_a_form_that_lacks_something_is_invalid(stranger: AsyncClient) -> None:
    answer = await stranger.post(TOKEN, data={"username": "ada@example.org"})
    assert (answer.status_code, codes(answer)) == (422, {("password", "required")})


async def test_an_outdated_hash_is_renewed(stranger: AsyncClient, as_: As) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    ada = await as_(password_hash=old)
    assert (await sign_in(stranger, ada.email)).status_code == 200
    async with reader() as db:
        stored = await db.scalar(select(User.password_hash).where(User.id == ada.id))
    assert stored is not None
    assert stored != old
    assert not passwords.hasher.check_needs_rehash(stored)
    assert (await sign_in(stranger, ada.email)).status_code == 200


async def test_a_password_that_changes_meanwhile_does_not_sign_in(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await as_()

    async def slow(stored: str | None, password: str) -> bool:
        async with transaction() as db:
            await db.execute(update(User).where(User.id == ada.id).values(password_hash="another"))
        return True

    monkeypatch.setattr(passwords, "matches", slow)
    assert (await sign_in(stranger, ada.email)).status_code == 401


# Tokens


async def test_a_refresh_token_is_good_once(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    first = (await sign_in(stranger, ada.email)).json()
    second = await stranger.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    good = bearer(second.json()["access_token"])
    assert (await stranger.get(ME, headers=good)).status_code == 200
    assert (await stranger.post(REFRESH, json={"refresh_token": first["refresh_token"]})).status_code == 401
    # Somebody has a copy: the whole family has ended.
    assert (await stranger.get(ME, headers=good)).status_code == 401
    third = await stranger.post(REFRESH, json={"refresh_token": second.json()["refresh_token"]})
    assert third.status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"expires_at": now()}, 401),
        ({"created_at": now() - sessions.LONGEST}, 401),
    ],
)
async def test_a_session_ends_unused_and_after_a_month(
    stranger: AsyncClient, as_: As, change: dict[str, Any], status: int
) -> None:
    ada = await as_()
    body = {"refresh_token": (await sign_in(stranger, ada.email)).json()["refresh_token"]}
    async with transaction() as db:
        await db.execute(update(Session).values(version=1, **change))
    assert (await stranger.post(REFRESH, json=body)).status_code == status


async def test_refreshing_takes_a_refresh_token(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    access = ada.headers["Authorization"].removeprefix("Bearer ")
    assert (await stranger.post(REFRESH)).status_code == 401
    assert (await stranger.post(REFRESH, json={"refresh_token": access})).status_code == 401
    assert (await stranger.post(REFRESH, json={"refresh_token": "x"})).status_code == 401
    assert codes(await stranger.post(REFRESH, json={})) == {("refresh_token", "required")}


def forged(**changes: Any) -> str:
    """An access token with these claims in place of good ones; None leaves a claim out."""
    good = {"sub": "1", "sid": 1, "jti": "a", "iat": now(), "exp": now() + timedelta(minutes=1)}
    claims = {"iss": tokens.ISSUER, "aud": tokens.ISSUER, **good, **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, tokens.SECRET, "HS256", headers={"typ": "at+jwt"})


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "aud", "iss", "jti", "sid"])
def test_a_token_has_every_claim(claim: str) -> None:
    assert tokens.read("at+jwt", forged())["sub"] == "1"
    with pytest.raises(Unauthorized):
        tokens.read("at+jwt", forged(**{claim: None}))


def decoded() -> dict[str, Any]:
    return jwt.decode(forged(), options={"verify_signature": False})


TYPED = {"typ": "at+jwt"}


@pytest.mark.parametrize(
    "token",
    [
        forged(exp=now() - timedelta(seconds=1)),
        forged(aud="another"),
        forged(iss="another"),
        forged(sid="x"),
        forged(iat=now() + timedelta(hours=1)),
        jwt.encode(decoded(), None, "none", headers=TYPED),
        jwt.encode(decoded(), tokens.SECRET, "HS512", headers=TYPED),
        jwt.encode(decoded(), "k" * 32, "HS256", headers=TYPED),
        jwt.encode(decoded(), tokens.SECRET, "HS256"),
        tokens.issue("rt+jwt", 1, timedelta(minutes=1), sid=1),
        "",
        "a.b.c",
        "\N{SNOWMAN}",
    ],
)
def test_no_other_token_is_read(token: str) -> None:
    with pytest.raises(Unauthorized):
        tokens.read("at+jwt", token)


def test_a_short_key_signs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "SECRET", b"short")
    with pytest.raises(jwt.InvalidKeyError):
        tokens.issue("at+jwt", 1, timedelta(minutes=1))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": f"Bearer {forged(sub='999999999')}"},
        {"X-API-Key": "nonsense"},
        {"Cookie": f"{cookies.ACCESS}=nonsense"},
    ],
)
async def test_bad_credentials_are_never_a_stranger(stranger: AsyncClient, headers: dict[str, str]) -> None:
    refused = await stranger.get(ME, headers=headers)
    assert (refused.status_code, codes(refused)) == (401, {("", "credentials")})
    # Where no sign-in is asked for, they are refused as well.
    assert (await stranger.get(ME)).json()["detail"] == "Sign in first."


async def test_a_token_is_a_bearers(stranger: AsyncClient, as_: As) -> None:
    own = (await as_()).headers["Authorization"]
    for scheme, status in (("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401)):
        headers = {"Authorization": own.replace("Bearer", scheme)}
        assert (await stranger.get(ME, headers=headers)).status_code == status


async def test_the_account_is_read_at_every_request(as_: As) -> None:
    ada = await as_("admin")
    own = ada.headers["authorization"]
    assert (await caller_of(authorization=own)).roles == {"admin", "signed_in"}
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(roles=[]))
    assert (await caller_of(authorization=own)).roles == {"signed_in"}
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(active=False))
    assert (await ada.get(ME)).status_code == 401


async def test_a_token_is_for_one_account(stranger: AsyncClient, as_: As) -> None:
    ada, bob = await as_(), await as_()
    mixed = tokens.issue("at+jwt", bob.id, timedelta(minutes=1), sid=ada.session)
    assert (await stranger.get(ME, headers=bearer(mixed))).status_code == 401


async def test_signing_out_ends_the_session(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    signed = (await sign_in(stranger, ada.email)).json()
    assert (await stranger.post(LOGOUT, headers=bearer(signed["access_token"]))).status_code == 204
    assert (await stranger.get(ME, headers=bearer(signed["access_token"]))).status_code == 401
    assert (await stranger.post(REFRESH, json={"refresh_token": signed["refresh_token"]})).status_code == 401
    assert (await ada.get(ME)).status_code == 200  # another session
    assert (await stranger.post(LOGOUT)).status_code == 401


# Cookies


async def test_signing_in_with_cookies(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    answer = await sign_in(stranger, ada.email, params={"cookies": "true"})
    assert answer.json().keys() == {"token_type", "expires_in", "csrf_token"}
    kept = {line.partition("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
    assert kept.keys() == {cookies.ACCESS, cookies.REFRESH, cookies.CSRF}
    assert all("path=/;" in f"{line};" and "samesite=lax" in line and "domain" not in line for line in kept.values())
    assert {name for name, line in kept.items() if "httponly" in line} == {cookies.ACCESS, cookies.REFRESH}
    assert (await stranger.get(ME)).json()["id"] == ada.json_id


@pytest.mark.parametrize(("token", "status"), [("own", 200), (None, 403), ("another's", 403), ("\N{SNOWMAN}", 403)])
async def test_a_change_by_cookie_needs_the_sessions_csrf_token(
    stranger: AsyncClient, as_: As, token: str | None, status: int
) -> None:
    ada = await as_()
    csrf = (await sign_in(stranger, ada.email, params={"cookies": "true"})).json()["csrf_token"]
    sent = {"own": csrf, "another's": cookies.csrf(ada.session)}.get(token or "", token)
    headers = {"X-CSRF-Token": sent.encode()} if sent else {}
    assert (await stranger.patch(ME, json={"name": "Ada"}, headers=headers)).status_code == status
    assert (await stranger.post(REFRESH, headers=headers)).status_code == status


async def test_cookies_are_refreshed_and_taken_back(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    signed = (await sign_in(stranger, ada.email, params={"cookies": "true"})).json()
    headers = {"X-CSRF-Token": signed["csrf_token"]}
    before = stranger.cookies[cookies.ACCESS]
    answer = await stranger.post(REFRESH, headers=headers)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "cookie")
    assert stranger.cookies[cookies.ACCESS] != before
    assert (await stranger.post(LOGOUT, headers=headers)).status_code == 204
    assert not list(stranger.cookies)
    assert (await stranger.get(ME)).json()["detail"] == "Sign in first."


async def test_another_site_signs_nobody_in(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = await sign_in(stranger, ada.email, params={"cookies": "true"}, headers=foreign)
    assert (answer.status_code, list(stranger.cookies)) == (403, [])
    assert (await sign_in(stranger, ada.email, headers=foreign)).status_code == 200  # tokens are nothing to a browser


# Guessing


async def fail(client: AsyncClient, email: str, times: int) -> list[int]:
    return [(await sign_in(client, email, "not this one")).status_code for _ in range(times)]


async def test_after_ten_failures_the_right_password_is_refused_too(stranger: AsyncClient, as_: As) -> None:
    ada, bob = await as_(), await as_()
    assert await fail(stranger, ada.email, 11) == [401] * 10 + [429]
    refused = await sign_in(stranger, ada.email)
    assert (refused.status_code, codes(refused)) == (429, {("", "rate")})
    assert 0 < int(refused.headers["retry-after"]) <= throttle.WINDOW.total_seconds()
    assert (await sign_in(stranger, bob.email)).status_code == 200
    assert await fail(stranger, "nobody@example.org", 11) == [401] * 10 + [429]  # as if there were one
    async with transaction() as db:
        await db.execute(update(Failure).values(created_at=now() - throttle.WINDOW))
    assert (await sign_in(stranger, ada.email)).status_code == 200


async def test_beyond_the_limit_no_password_is_checked(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await as_()
    assert await fail(stranger, ada.email, 10) == [401] * 10
    monkeypatch.setattr(passwords, "matches", None)
    assert (await sign_in(stranger, ada.email)).status_code == 429


async def test_of_many_guesses_at_once_ten_are_answered(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    guesses = [sign_in(stranger, ada.email, "not this one") for _ in range(25)]
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert statuses.count(401) <= 10
    assert set(statuses) == {401, 429}


async def test_a_right_guess_among_too_many_at_once_is_not_told(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, matches = await as_(), passwords.matches

    async def meanwhile(stored: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "matches", matches)
        assert await fail(stranger, ada.email, 10) == [401] * 10
        return await matches(stored, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert (await sign_in(stranger, ada.email)).status_code == 429


async def test_an_address_has_a_hundred_failures(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert throttle.FOR_ADDRESS == 100
    monkeypatch.setattr(throttle, "FOR_ADDRESS", 12)
    ada = await as_()
    statuses = [(await fail(stranger, f"nobody{place // 4}@example.org", 1))[0] for place in range(13)]
    assert statuses == [401] * 12 + [429]
    assert (await sign_in(stranger, ada.email)).status_code == 429
    assert (await stranger.post(f"{API}/auth/password/forgot", json={"email": ada.email})).status_code == 202
