"""Changing a password, and setting one that was forgotten."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import update

from app.auth.models import Ticket
from app.auth.rules import API
from app.core.database import now, transaction
from tests.conftest import PASSWORD, As, Mails, code_in
from tests.test_auth_sessions import ME, codes, sign_in

CHANGE, FORGOT, RESET = (f"{API}/auth/password/{last}" for last in ("change", "forgot", "reset"))
NEW = "another quiet river"


async def test_changing_it_ends_the_other_sessions(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    other = (await sign_in(stranger, ada.email)).json()
    assert (await ada.post(CHANGE, json={"current": PASSWORD, "password": NEW})).status_code == 204
    assert (await ada.get(ME)).status_code == 200
    headers = {"Authorization": f"Bearer {other['access_token']}"}
    assert (await stranger.get(ME, headers=headers)).status_code == 401
    refreshed = await stranger.post(f"{API}/auth/refresh", json={"refresh_token": other["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await sign_in(stranger, ada.email)).status_code == 401
    assert (await sign_in(stranger, ada.email, NEW)).status_code == 200


async def test_changing_it_needs_the_old_one(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    for _ in range(10):
        refused = await ada.post(CHANGE, json={"current": "not this one", "password": NEW})
        assert (refused.status_code, codes(refused)) == (422, {("current", "credentials")})
    assert (await ada.post(CHANGE, json={"current": PASSWORD, "password": NEW})).status_code == 429
    assert (await stranger.post(CHANGE, json={"current": PASSWORD, "password": NEW})).status_code == 401


@pytest.mark.parametrize(
    ("password", "code"), [("short", "too_short"), ("password123", "weak"), ("Person", "too_short")]
)
async def test_a_new_one_obeys_the_rules(as_: As, password: str, code: str) -> None:
    answer = await (await as_()).post(CHANGE, json={"current": PASSWORD, "password": password})
    assert (answer.status_code, codes(answer)) == (422, {("password", code)})


async def test_a_forgotten_one(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    assert (await stranger.post(FORGOT, json={"email": ada.email.upper()})).status_code == 202
    (message,) = await mails()
    assert (message["To"], message["Subject"]) == (ada.email, "Set a new password")
    body = {"token": code_in(message), "password": NEW}
    assert codes(await stranger.post(RESET, json={**body, "password": "password1"})) == {("password", "weak")}
    elsewhere = await stranger.post(f"{API}/auth/email/verify", json={"token": body["token"]})
    assert codes(elsewhere) == {("token", "expired")}  # it is good for nothing else
    assert (await stranger.post(RESET, json=body)).status_code == 204
    assert (await ada.get(ME)).status_code == 401  # all sessions ended
    assert (await sign_in(stranger, ada.email, NEW)).status_code == 200
    again = await stranger.post(RESET, json=body)
    assert (again.status_code, codes(again)) == (422, {("token", "expired")})


async def test_a_reset_does_not_tell_who_has_an_account(
    stranger: AsyncClient, as_: As, mails: Mails, count_queries: Any
) -> None:
    ada, gone = await as_(), await as_(active=False)
    seen = []
    for email in (ada.email, gone.email, "nobody@example.org"):
        with count_queries() as counted:
            answer = await stranger.post(FORGOT, json={"email": email})
        seen.append((answer.status_code, answer.content, counted.statements))
    assert seen[0] == seen[1] == seen[2]
    assert [message["To"] for message in await mails()] == [ada.email]


async def test_a_link_to_reset_ends(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    await stranger.post(FORGOT, json={"email": ada.email})
    (message,) = await mails()
    async with transaction() as db:
        await db.execute(update(Ticket).values(expires_at=now()))
    answer = await stranger.post(RESET, json={"token": code_in(message), "password": NEW})
    assert (answer.status_code, codes(answer)) == (422, {("token", "expired")})
    verified = await stranger.post(f"{API}/auth/email/verify", json={"token": code_in(message)})
    assert verified.status_code == 422
