"""Registering without verification, for development."""

from typing import Any

from httpx2 import AsyncClient

from app.auth.rules import API, NEW_ACCOUNT
from tests.conftest import PASSWORD, PERSON, As, Mails
from tests.test_auth_sessions import codes, sign_in

REGISTER = f"{API}/auth/register"
ADA: dict[str, Any] = {**PERSON, "email": "Ada@Example.org", "name": "Ada Lovelace", "password": PASSWORD}


async def test_registering(stranger: AsyncClient, mails: Mails) -> None:
    answer = await stranger.post(REGISTER, json=ADA)
    assert (answer.status_code, answer.content) == (202, b"")
    signed = await sign_in(stranger, "ada@example.org")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = (await stranger.get(f"{API}/auth/me", headers=headers)).json()
    assert (me["name"], me["roles"]) == ("Ada Lovelace", list(NEW_ACCOUNT))
    assert await mails() == []


async def test_a_known_address_is_answered_alike(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    answer = await stranger.post(REGISTER, json={**ADA, "email": ada.email, "password": "another quiet river"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert (await sign_in(stranger, ada.email)).status_code == 200
    assert (await sign_in(stranger, ada.email, "another quiet river")).status_code == 401


async def test_what_cannot_be_registered(stranger: AsyncClient) -> None:
    answer = await stranger.post(REGISTER, json={**ADA, "password": "password1", "roles": ["admin"]})
    assert (answer.status_code, codes(answer)) == (422, {("roles", "read_only"), ("password", "weak")})
