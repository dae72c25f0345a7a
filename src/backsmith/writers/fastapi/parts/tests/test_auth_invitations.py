"""Registering by invitation, and in no other way."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.auth.rules import API
from tests.conftest import PASSWORD, PERSON, As, Mails, code_in
from tests.test_auth_sessions import codes, sign_in

INVITE, REGISTER = f"{API}/auth/invitations", f"{API}/auth/register"
WHOM = {"email": "Ada@Example.org", "roles": ["admin"]}
ADA: dict[str, Any] = {**PERSON, "email": "ada@example.org", "name": "Ada Lovelace", "password": PASSWORD}


async def invited(as_: As, mails: Mails) -> str:
    """The code of an invitation."""
    assert (await (await as_("admin")).post(INVITE, json=WHOM)).status_code == 202
    (message,) = await mails()
    assert (message["To"], message["Subject"]) == ("ada@example.org", "You are invited")
    return code_in(message)


async def test_who_is_invited_registers(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    body = {**ADA, "invitation": await invited(as_, mails)}
    assert (await stranger.post(REGISTER, json=body)).status_code == 202
    signed = await sign_in(stranger, "ada@example.org")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = (await stranger.get(f"{API}/auth/me", headers=headers)).json()
    assert (me["email"], me["name"], me["roles"]) == ("ada@example.org", "Ada Lovelace", ["admin"])
    again = await stranger.post(REGISTER, json=body)
    assert (again.status_code, codes(again)) == (422, {("invitation", "expired")})


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"invitation": "nonsense"}, "invitation", "expired"),
        ({"email": "eve@example.org"}, "invitation", "expired"),
        ({"roles": ["admin"]}, "roles", "read_only"),
        ({"password": "password1"}, "password", "weak"),
    ],
)
async def test_what_does_not_register(
    stranger: AsyncClient, as_: As, mails: Mails, change: dict[str, Any], field: str, code: str
) -> None:
    body = {**ADA, "invitation": await invited(as_, mails)}
    answer = await stranger.post(REGISTER, json={**body, **change})
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
    assert (await stranger.post(REGISTER, json=body)).status_code == 202  # the invitation is still good


async def test_nobody_registers_without(stranger: AsyncClient) -> None:
    answer = await stranger.post(REGISTER, json=ADA)
    assert (answer.status_code, codes(answer)) == (422, {("invitation", "required")})


async def test_an_address_that_has_an_account_meanwhile(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    body = {**ADA, "invitation": await invited(as_, mails)}
    await as_(email="ada@example.org")
    answer = await stranger.post(REGISTER, json=body)
    assert (answer.status_code, codes(answer)) == (422, {("invitation", "expired")})


async def test_admins_invite(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    assert (await stranger.post(INVITE, json=WHOM)).status_code == 401
    assert (await (await as_()).post(INVITE, json={})).status_code == 403
    refused = await (await as_("admin")).post(INVITE, json={"email": "x", "roles": ["emperor"]})
    assert codes(refused) == {("email", "format"), ("roles.0", "choice")}
    assert await mails() == []
