"""Registering without verification, for development."""

from typing import Any

from apps.accounts.rules import API, NEW_ACCOUNT
from tests.conftest import PASSWORD, PERSON, As, Client, Mails
from tests.test_auth_sessions import codes, sign_in

REGISTER = f"{API}/auth/register"
ADA: dict[str, Any] = {**PERSON, "email": "Ada@Example.org", "name": "Ada Lovelace", "password": PASSWORD}


def test_registering(stranger: Client, mails: Mails) -> None:
    answer = stranger.post(REGISTER, ADA)
    assert (answer.status_code, answer.content) == (202, b"")
    signed = sign_in(stranger, "ada@example.org")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = stranger.get(f"{API}/auth/me", headers=headers).json()
    assert (me["name"], me["roles"]) == ("Ada Lovelace", list(NEW_ACCOUNT))
    assert mails() == []


def test_a_known_address_is_answered_alike(stranger: Client, as_: As) -> None:
    ada = as_()
    answer = stranger.post(REGISTER, {**ADA, "email": ada.email, "password": "another quiet river"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert sign_in(stranger, ada.email).status_code == 200
    assert sign_in(stranger, ada.email, "another quiet river").status_code == 401


def test_what_cannot_be_registered(stranger: Client) -> None:
    answer = stranger.post(REGISTER, {**ADA, "password": "password1", "roles": ["admin"]})
    assert (answer.status_code, codes(answer)) == (422, {("roles", "read_only"), ("password", "weak")})
