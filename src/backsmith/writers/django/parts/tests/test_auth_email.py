"""Moving to another address."""

from typing import Any

from apps.accounts.rules import API
from tests.conftest import PASSWORD, As, Client, Mails, code_in
from tests.test_auth_sessions import ME, codes, sign_in

CHANGE, VERIFY = f"{API}/auth/email/change", f"{API}/auth/email/verify"
NEW = {"email": "New@Example.org", "password": PASSWORD}


def test_moving(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    assert ada.post(CHANGE, NEW).status_code == 202
    assert ada.get(ME).json()["email"] == ada.email
    (message,) = mails()
    assert (message.to, message.subject) == (["new@example.org"], "Verify your new address")
    assert stranger.post(VERIFY, {"token": code_in(message)}).status_code == 204
    assert ada.get(ME).json()["email"] == "new@example.org"
    assert sign_in(stranger, ada.email).status_code == 401
    assert sign_in(stranger, "new@example.org").status_code == 200


def test_moving_needs_the_password(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    refused = ada.post(CHANGE, {**NEW, "password": "not this one"})
    assert (refused.status_code, codes(refused)) == (422, {("password", "credentials")})
    assert stranger.post(CHANGE, NEW).status_code == 401
    assert codes(ada.patch(ME, {"email": "new@example.org"})) == {("email", "read_only")}
    assert mails() == []


def test_moving_does_not_tell_who_has_an_account(as_: As, mails: Mails, count_queries: Any) -> None:
    ada, bob = as_(), as_()
    seen = []
    for email in (bob.email, "new@example.org"):
        with count_queries() as counted:
            answer = ada.post(CHANGE, {**NEW, "email": email})
        seen.append((answer.status_code, answer.content, counted.statements))
    assert seen[0] == seen[1]
    subjects = {message.to[0]: message.subject for message in mails()}
    assert subjects == {bob.email: "You already have an account", "new@example.org": "Verify your new address"}


def test_an_address_that_was_taken_meanwhile(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    ada.post(CHANGE, NEW)
    (message,) = mails()
    as_(email="new@example.org")
    late = stranger.post(VERIFY, {"token": code_in(message)})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})
    assert ada.get(ME).json()["email"] == ada.email
