"""Changing a password, and setting one that was forgotten."""

from typing import Any

import pytest
from django.utils.timezone import now

from apps.accounts.models import Ticket
from apps.accounts.rules import API
from tests.conftest import PASSWORD, As, Client, Mails, code_in
from tests.test_auth_sessions import ME, codes, sign_in

CHANGE, FORGOT, RESET = (f"{API}/auth/password/{last}" for last in ("change", "forgot", "reset"))
NEW = "another quiet river"


def test_changing_it_ends_the_other_sessions(stranger: Client, as_: As) -> None:
    ada = as_()
    other = sign_in(stranger, ada.email).json()
    assert ada.post(CHANGE, {"current": PASSWORD, "password": NEW}).status_code == 204
    assert ada.get(ME).status_code == 200
    headers = {"Authorization": f"Bearer {other['access_token']}"}
    assert stranger.get(ME, headers=headers).status_code == 401
    refreshed = stranger.post(f"{API}/auth/refresh", {"refresh_token": other["refresh_token"]})
    assert refreshed.status_code == 401
    assert sign_in(stranger, ada.email).status_code == 401
    assert sign_in(stranger, ada.email, NEW).status_code == 200


def test_changing_it_needs_the_old_one(stranger: Client, as_: As) -> None:
    ada = as_()
    for _ in range(10):
        refused = ada.post(CHANGE, {"current": "not this one", "password": NEW})
        assert (refused.status_code, codes(refused)) == (422, {("current", "credentials")})
    assert ada.post(CHANGE, {"current": PASSWORD, "password": NEW}).status_code == 429
    assert stranger.post(CHANGE, {"current": PASSWORD, "password": NEW}).status_code == 401


@pytest.mark.parametrize(
    ("password", "code"), [("short", "too_short"), ("password123", "weak"), ("Person", "too_short")]
)
def test_a_new_one_obeys_the_rules(as_: As, password: str, code: str) -> None:
    answer = as_().post(CHANGE, {"current": PASSWORD, "password": password})
    assert (answer.status_code, codes(answer)) == (422, {("password", code)})


def test_a_forgotten_one(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    assert stranger.post(FORGOT, {"email": ada.email.upper()}).status_code == 202
    (message,) = mails()
    assert (message.to, message.subject) == ([ada.email], "Set a new password")
    body = {"token": code_in(message), "password": NEW}
    assert codes(stranger.post(RESET, {**body, "password": "password1"})) == {("password", "weak")}
    elsewhere = stranger.post(f"{API}/auth/email/verify", {"token": body["token"]})
    assert codes(elsewhere) == {("token", "expired")}  # it is good for nothing else
    assert stranger.post(RESET, body).status_code == 204
    assert ada.get(ME).status_code == 401  # all sessions ended
    assert sign_in(stranger, ada.email, NEW).status_code == 200
    again = stranger.post(RESET, body)
    assert (again.status_code, codes(again)) == (422, {("token", "expired")})


def test_a_reset_does_not_tell_who_has_an_account(stranger: Client, as_: As, mails: Mails, count_queries: Any) -> None:
    ada, gone = as_(), as_(active=False)
    seen = []
    for email in (ada.email, gone.email, "nobody@example.org"):
        with count_queries() as counted:
            answer = stranger.post(FORGOT, {"email": email})
        seen.append((answer.status_code, answer.content, counted.statements))
    assert seen[0] == seen[1] == seen[2]
    assert [message.to[0] for message in mails()] == [ada.email]


def test_a_link_to_reset_ends(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    stranger.post(FORGOT, {"email": ada.email})
    (message,) = mails()
    Ticket.objects.update(expires_at=now())
    answer = stranger.post(RESET, {"token": code_in(message), "password": NEW})
    assert (answer.status_code, codes(answer)) == (422, {("token", "expired")})
    verified = stranger.post(f"{API}/auth/email/verify", {"token": code_in(message)})
    assert verified.status_code == 422
