"""Signing in, refreshing, signing out: by tokens and by cookies."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import jwt
import pytest
from django.utils.timezone import now

from apps.accounts import sessions, throttle
from apps.accounts.models import Failure, Session, User
from apps.accounts.rules import API, VERIFY
from apps.core import cookies, passwords, tokens
from apps.core.errors import Unauthorized
from tests.conftest import PASSWORD, As, Client, at_once, who_calls

ME = f"{API}/auth/me"
TOKEN, REFRESH, LOGOUT = f"{API}/auth/token", f"{API}/auth/refresh", f"{API}/auth/logout"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.form(TOKEN, {"username": email, "password": password}, **more)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def codes(response: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in response.json()["errors"]}


def test_signing_in(stranger: Client, as_: As) -> None:
    ada = as_()
    answer = sign_in(stranger, ada.email.upper())
    assert answer.status_code == 200
    signed = answer.json()
    assert signed.keys() == {"token_type", "expires_in", "access_token", "refresh_token"}
    assert (signed["token_type"], signed["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    me = stranger.get(ME, headers=bearer(signed["access_token"]))
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
        ({"password": None}, "own", PASSWORD),
        ({"password": "not a hash"}, "own", PASSWORD),
        *([({"verified_at": None}, "own", PASSWORD)] if VERIFY else []),
    ],
)
def test_every_refusal_is_the_same(
    stranger: Client, as_: As, account: dict[str, Any], username: str, password: str
) -> None:
    ada = as_(**account)
    answer = sign_in(stranger, ada.email if username == "own" else username, password)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "The address or the password is not right."


def test_a_password_is_checked_where_there_is_no_account_too(
    stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, hashed = as_(), Counter[str]()

    def counted(email: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any) -> Any:
            hashed[email] += 1
            return work(*given)

        return done

    for email in (ada.email, "nobody@example.org"):
        with monkeypatch.context() as patched:
            for name in ("verify", "encode"):  # each hashes once
                patched.setattr(passwords.PasswordHasher, name, counted(email, getattr(passwords.PasswordHasher, name)))
            sign_in(stranger, email, "another long password")
    assert hashed == {ada.email: 1, "nobody@example.org": 1}


def test_a_form_that_lacks_something_is_invalid(stranger: Client) -> None:
    answer = stranger.form(TOKEN, {"username": "ada@example.org"})
    assert (answer.status_code, codes(answer)) == (422, {("password", "required")})


def test_an_outdated_hash_is_renewed(stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(passwords.PasswordHasher, "time_cost", 2)
        old = passwords.hashed(PASSWORD)
    ada = as_(password=old)
    assert sign_in(stranger, ada.email).status_code == 200
    stored = User.objects.get(pk=ada.id).password
    assert stored is not None
    assert stored != old
    assert not passwords.is_outdated(stored)
    assert sign_in(stranger, ada.email).status_code == 200


def test_a_password_that_changes_meanwhile_does_not_sign_in(
    stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = as_()

    def slow(stored: str | None, password: str) -> bool:
        User.objects.filter(pk=ada.id).update(password="another")
        return True

    monkeypatch.setattr(passwords, "matches", slow)
    assert sign_in(stranger, ada.email).status_code == 401


# Tokens


def test_a_refresh_token_is_good_once(stranger: Client, as_: As) -> None:
    ada = as_()
    first = sign_in(stranger, ada.email).json()
    second = stranger.post(REFRESH, {"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    good = bearer(second.json()["access_token"])
    assert stranger.get(ME, headers=good).status_code == 200
    assert stranger.post(REFRESH, {"refresh_token": first["refresh_token"]}).status_code == 401
    # Somebody has a copy: the whole family has ended.
    assert stranger.get(ME, headers=good).status_code == 401
    third = stranger.post(REFRESH, {"refresh_token": second.json()["refresh_token"]})
    assert third.status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"expires_at": now()}, 401),
        ({"created_at": now() - sessions.LONGEST}, 401),
    ],
)
def test_a_session_ends_unused_and_after_a_month(
    stranger: Client, as_: As, change: dict[str, Any], status: int
) -> None:
    ada = as_()
    body = {"refresh_token": sign_in(stranger, ada.email).json()["refresh_token"]}
    Session.objects.update(version=1, **change)
    assert stranger.post(REFRESH, body).status_code == status


def test_refreshing_takes_a_refresh_token(stranger: Client, as_: As) -> None:
    ada = as_()
    access = ada.token
    assert stranger.post(REFRESH).status_code == 401
    assert stranger.post(REFRESH, {"refresh_token": access}).status_code == 401
    assert stranger.post(REFRESH, {"refresh_token": "x"}).status_code == 401
    assert codes(stranger.post(REFRESH, {})) == {("refresh_token", "required")}


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
def test_bad_credentials_are_never_a_stranger(stranger: Client, headers: dict[str, str]) -> None:
    refused = stranger.get(ME, headers=headers)
    assert (refused.status_code, codes(refused)) == (401, {("", "credentials")})
    # Where no sign-in is asked for, they are refused as well.
    assert stranger.get(ME).json()["detail"] == "Sign in first."


def test_a_token_is_a_bearers(stranger: Client, as_: As) -> None:
    own = f"Bearer {as_().token}"
    for scheme, status in (("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401)):
        headers = {"Authorization": own.replace("Bearer", scheme)}
        assert stranger.get(ME, headers=headers).status_code == status


def test_the_account_is_read_at_every_request(as_: As) -> None:
    ada = as_("admin")
    own = f"Bearer {ada.token}"
    assert who_calls(authorization=own).roles == {"admin", "signed_in"}
    User.objects.filter(pk=ada.id).update(roles=[])
    assert who_calls(authorization=own).roles == {"signed_in"}
    User.objects.filter(pk=ada.id).update(active=False)
    assert ada.get(ME).status_code == 401


def test_a_token_is_for_one_account(stranger: Client, as_: As) -> None:
    ada, bob = as_(), as_()
    mixed = tokens.issue("at+jwt", bob.id, timedelta(minutes=1), sid=ada.sid)
    assert stranger.get(ME, headers=bearer(mixed)).status_code == 401


def test_signing_out_ends_the_session(stranger: Client, as_: As) -> None:
    ada = as_()
    signed = sign_in(stranger, ada.email).json()
    assert stranger.post(LOGOUT, headers=bearer(signed["access_token"])).status_code == 204
    assert stranger.get(ME, headers=bearer(signed["access_token"])).status_code == 401
    assert stranger.post(REFRESH, {"refresh_token": signed["refresh_token"]}).status_code == 401
    assert ada.get(ME).status_code == 200  # another session
    assert stranger.post(LOGOUT).status_code == 401


# Cookies


def test_signing_in_with_cookies(stranger: Client, as_: As) -> None:
    ada = as_()
    answer = sign_in(stranger, ada.email, query_params={"cookies": "true"})
    assert answer.json().keys() == {"token_type", "expires_in", "csrf_token"}
    kept = {name: morsel.OutputString().lower() for name, morsel in answer.cookies.items()}
    assert kept.keys() == {cookies.ACCESS, cookies.REFRESH, cookies.CSRF}
    assert all("path=/;" in f"{line};" and "samesite=lax" in line and "domain" not in line for line in kept.values())
    assert {name for name, line in kept.items() if "httponly" in line} == {cookies.ACCESS, cookies.REFRESH}
    assert stranger.get(ME).json()["id"] == ada.json_id


@pytest.mark.parametrize(("token", "status"), [("own", 200), (None, 403), ("another's", 403), ("\N{SNOWMAN}", 403)])
def test_a_change_by_cookie_needs_the_sessions_csrf_token(
    stranger: Client, as_: As, token: str | None, status: int
) -> None:
    ada = as_()
    csrf = sign_in(stranger, ada.email, query_params={"cookies": "true"}).json()["csrf_token"]
    sent = {"own": csrf, "another's": cookies.csrf(ada.sid)}.get(token or "", token)
    headers = {"X-CSRF-Token": sent} if sent else {}
    assert stranger.patch(ME, {"name": "Ada"}, headers=headers).status_code == status
    assert stranger.post(REFRESH, headers=headers).status_code == status


def test_cookies_are_refreshed_and_taken_back(stranger: Client, as_: As) -> None:
    ada = as_()
    signed = sign_in(stranger, ada.email, query_params={"cookies": "true"}).json()
    headers = {"X-CSRF-Token": signed["csrf_token"]}
    before = stranger.cookies[cookies.ACCESS].value
    answer = stranger.post(REFRESH, headers=headers)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "cookie")
    assert stranger.cookies[cookies.ACCESS].value != before
    assert stranger.post(LOGOUT, headers=headers).status_code == 204
    assert {(morsel.value, morsel["max-age"]) for morsel in stranger.cookies.values()} == {("", 0)}
    assert stranger.get(ME).json()["detail"] == "Sign in first."


def test_another_site_signs_nobody_in(stranger: Client, as_: As) -> None:
    ada = as_()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = sign_in(stranger, ada.email, query_params={"cookies": "true"}, headers=foreign)
    assert (answer.status_code, list(stranger.cookies)) == (403, [])
    assert sign_in(stranger, ada.email, headers=foreign).status_code == 200  # tokens are nothing to a browser


# Guessing


def fail(client: Client, email: str, times: int) -> list[int]:
    return [sign_in(client, email, "not this one").status_code for _ in range(times)]


def test_after_ten_failures_the_right_password_is_refused_too(stranger: Client, as_: As) -> None:
    ada, bob = as_(), as_()
    assert fail(stranger, ada.email, 11) == [401] * 10 + [429]
    refused = sign_in(stranger, ada.email)
    assert (refused.status_code, codes(refused)) == (429, {("", "rate")})
    assert 0 < int(refused.headers["retry-after"]) <= throttle.WINDOW.total_seconds()
    assert sign_in(stranger, bob.email).status_code == 200
    assert fail(stranger, "nobody@example.org", 11) == [401] * 10 + [429]  # as if there were one
    Failure.objects.update(created_at=now() - throttle.WINDOW)
    assert sign_in(stranger, ada.email).status_code == 200


def test_beyond_the_limit_no_password_is_checked(stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = as_()
    assert fail(stranger, ada.email, 10) == [401] * 10
    monkeypatch.setattr(passwords, "matches", None)
    assert sign_in(stranger, ada.email).status_code == 429


def test_of_many_guesses_at_once_at_most_ten_are_answered(stranger: Client, as_: As) -> None:
    ada = as_()
    guess = partial(sign_in, stranger, ada.email, "not this one")
    statuses = [answer.status_code for answer in at_once([guess] * 25)]
    assert statuses.count(401) <= 10
    assert statuses.count(429) == 25 - statuses.count(401)


def test_a_right_guess_among_too_many_at_once_is_not_told(
    stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, matches = as_(), passwords.matches

    def meanwhile(stored: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "matches", matches)
        assert fail(stranger, ada.email, 10) == [401] * 10
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert sign_in(stranger, ada.email).status_code == 429


def test_an_address_has_a_hundred_failures(stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    assert throttle.FOR_ADDRESS == 100
    monkeypatch.setattr(throttle, "FOR_ADDRESS", 12)
    ada = as_()
    statuses = [fail(stranger, f"nobody{place // 4}@example.org", 1)[0] for place in range(13)]
    assert statuses == [401] * 12 + [429]
    assert sign_in(stranger, ada.email).status_code == 429
    assert stranger.post(f"{API}/auth/password/forgot", {"email": ada.email}).status_code == 202
