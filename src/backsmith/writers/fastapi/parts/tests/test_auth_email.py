"""Moving to another address."""

from typing import Any

from httpx2 import AsyncClient

from app.auth.rules import API
from tests.conftest import PASSWORD, As, Mails, code_in
from tests.test_auth_sessions import ME, codes, sign_in

CHANGE, VERIFY = f"{API}/auth/email/change", f"{API}/auth/email/verify"
NEW = {"email": "New@Example.org", "password": PASSWORD}


async def test_moving(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    assert (await ada.post(CHANGE, json=NEW)).status_code == 202
    assert (await ada.get(ME)).json()["email"] == ada.email
    (message,) = await mails()
    assert (message["To"], message["Subject"]) == ("new@example.org", "Verify your new address")
    assert (await stranger.post(VERIFY, json={"token": code_in(message)})).status_code == 204
    assert (await ada.get(ME)).json()["email"] == "new@example.org"
    assert (await sign_in(stranger, ada.email)).status_code == 401
    assert (await sign_in(stranger, "new@example.org")).status_code == 200


async def test_moving_needs_the_password(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    refused = await ada.post(CHANGE, json={**NEW, "password": "not this one"})
    assert (refused.status_code, codes(refused)) == (422, {("password", "credentials")})
    assert (await stranger.post(CHANGE, json=NEW)).status_code == 401
    assert codes(await ada.patch(ME, json={"email": "new@example.org"})) == {("email", "read_only")}
    assert await mails() == []


async def test_moving_does_not_tell_who_has_an_account(as_: As, mails: Mails, count_queries: Any) -> None:
    ada, bob = await as_(), await as_()
    seen = []
    for email in (bob.email, "new@example.org"):
        with count_queries() as counted:
            answer = await ada.post(CHANGE, json={**NEW, "email": email})
        seen.append((answer.status_code, answer.content, counted.statements))
    assert seen[0] == seen[1]
    subjects = {message["To"]: message["Subject"] for message in await mails()}
    assert subjects == {bob.email: "You already have an account", "new@example.org": "Verify your new address"}


async def test_an_address_that_was_taken_meanwhile(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    await ada.post(CHANGE, json=NEW)
    (message,) = await mails()
    await as_(email="new@example.org")
    late = await stranger.post(VERIFY, json={"token": code_in(message)})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})
    assert (await ada.get(ME)).json()["email"] == ada.email
