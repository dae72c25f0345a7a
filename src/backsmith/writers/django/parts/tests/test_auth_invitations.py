"""Registering by invitation, and in no other way."""

from typing import Any

import pytest

from apps.accounts.rules import API
from tests.conftest import PASSWORD, PERSON, As, Client, Mails, code_in
from tests.test_auth_sessions import codes, sign_in

INVITE, REGISTER = f"{API}/auth/invitations", f"{API}/auth/register"
WHOM = {"email": "Ada@Example.org", "roles": ["admin"]}
ADA: dict[str, Any] = {**PERSON, "email": "ada@example.org", "name": "Ada Lovelace", "password": PASSWORD}


def invited(as_: As, mails: Mails) -> str:
    """The code of an invitation."""
    assert as_("admin").post(INVITE, WHOM).status_code == 202
    (message,) = mails()
    assert (message.to, message.subject) == (["ada@example.org"], "You are invited")
    return code_in(message)


def test_who_is_invited_registers(stranger: Client, as_: As, mails: Mails) -> None:
    body = {**ADA, "invitation": invited(as_, mails)}
    assert stranger.post(REGISTER, body).status_code == 202
    signed = sign_in(stranger, "ada@example.org")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = stranger.get(f"{API}/auth/me", headers=headers).json()
    assert (me["email"], me["name"], me["roles"]) == ("ada@example.org", "Ada Lovelace", ["admin"])
    again = stranger.post(REGISTER, body)
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
def test_what_does_not_register(
    stranger: Client, as_: As, mails: Mails, change: dict[str, Any], field: str, code: str
) -> None:
    body = {**ADA, "invitation": invited(as_, mails)}
    answer = stranger.post(REGISTER, {**body, **change})
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
    assert stranger.post(REGISTER, body).status_code == 202  # the invitation is still good


def test_nobody_registers_without(stranger: Client) -> None:
    answer = stranger.post(REGISTER, ADA)
    assert (answer.status_code, codes(answer)) == (422, {("invitation", "required")})


def test_an_address_that_has_an_account_meanwhile(stranger: Client, as_: As, mails: Mails) -> None:
    body = {**ADA, "invitation": invited(as_, mails)}
    as_(email="ada@example.org")
    answer = stranger.post(REGISTER, body)
    assert (answer.status_code, codes(answer)) == (422, {("invitation", "expired")})


def test_admins_invite(stranger: Client, as_: As, mails: Mails) -> None:
    assert stranger.post(INVITE, WHOM).status_code == 401
    assert as_().post(INVITE, {}).status_code == 403
    refused = as_("admin").post(INVITE, {"email": "x", "roles": ["emperor"]})
    assert codes(refused) == {("email", "format"), ("roles.0", "choice")}
    assert mails() == []
