"""Registering: an account begins when its address is verified, and nothing before tells whether it had one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from apps.accounts import tickets
from apps.accounts.models import Ticket, User
from apps.accounts.rules import API, NEW_ACCOUNT
from tests.conftest import HASH, PASSWORD, PERSON, As, Client, Mails, code_in
from tests.test_auth_sessions import codes, sign_in

REGISTER, VERIFY = f"{API}/auth/register", f"{API}/auth/email/verify"
ADA: dict[str, Any] = {**PERSON, "email": "Ada@Example.org", "name": "Ada Lovelace", "password": PASSWORD}


def accounts() -> int:
    return int(User.objects.count())


def test_registering(stranger: Client, mails: Mails) -> None:
    answer = stranger.post(REGISTER, ADA)
    assert (answer.status_code, answer.content) == (202, b"")
    assert accounts() == 0
    (message,) = mails()
    assert (message.to, message.subject) == (["ada@example.org"], "Verify your address")
    assert sign_in(stranger, "ada@example.org").status_code == 401
    assert stranger.post(VERIFY, {"token": code_in(message)}).status_code == 204
    signed = sign_in(stranger, "ada@example.org")
    assert signed.status_code == 200
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = stranger.get(f"{API}/auth/me", headers=headers).json()
    assert (me["email"], me["name"], me["roles"], me["active"]) == (
        "ada@example.org",
        "Ada Lovelace",
        list(NEW_ACCOUNT),
        True,
    )
    again = stranger.post(VERIFY, {"token": code_in(message)})
    assert (again.status_code, codes(again)) == (422, {("token", "expired")})


def test_a_known_address_is_answered_alike(stranger: Client, as_: As, mails: Mails, count_queries: Any) -> None:
    ada = as_()
    seen: list[tuple[Any, list[str]]] = []
    for email in (ada.email, "new@example.org"):
        with count_queries() as counted:
            answer = stranger.post(REGISTER, {**ADA, "email": email})
        seen.append((answer, counted.statements))
    (known, known_work), (new, new_work) = seen
    assert (known.status_code, known.content) == (new.status_code, new.content) == (202, b"")
    assert known_work == new_work  # the same statements, so the same time
    by_address = {message.to[0]: message for message in mails()}
    assert by_address[ada.email].subject == "You already have an account"
    assert "#token=" not in by_address[ada.email].body
    assert by_address["new@example.org"].subject == "Verify your address"
    assert sign_in(stranger, ada.email).status_code == 200  # nothing has changed


def test_of_two_registrations_the_one_that_is_verified_counts(stranger: Client, mails: Mails) -> None:
    stranger.post(REGISTER, {**ADA, "password": "what somebody else chose"})
    (foreign,) = mails()
    details = {**PERSON, "email": "ada@example.org", "password_hash": HASH}  # a minute later
    code = tickets.arm(tickets.issue("register", "ada@example.org", details=details))
    assert stranger.post(VERIFY, {"token": code_in(foreign)}).status_code == 204
    late = stranger.post(VERIFY, {"token": code})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})
    assert accounts() == 1


def test_a_registration_from_before_accounts_had_to_say_more(stranger: Client) -> None:
    code = tickets.arm(tickets.issue("register", "ada@example.org", details={"email": "ada@example.org"}))
    late = stranger.post(VERIFY, {"token": code})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})


def test_a_link_ends(stranger: Client, mails: Mails) -> None:
    stranger.post(REGISTER, ADA)
    (message,) = mails()
    Ticket.objects.update(expires_at=now() - timedelta(seconds=1))
    assert codes(stranger.post(VERIFY, {"token": code_in(message)})) == {("token", "expired")}
    assert accounts() == 0


def test_nobody_is_flooded_with_mail(stranger: Client, mails: Mails) -> None:
    for _ in range(5):
        assert stranger.post(REGISTER, ADA).status_code == 202
    assert 1 <= len(mails()) <= 2  # two where a minute has just begun


def test_what_is_stored_cannot_be_used(stranger: Client, mails: Mails) -> None:
    stranger.post(REGISTER, ADA)
    (message,) = mails()
    row = Ticket.objects.get()
    assert code_in(message) not in f"{row.token_hash} {row.details}"
    assert PASSWORD not in str(row.details)
    assert codes(stranger.post(VERIFY, {"token": row.token_hash})) == {("token", "expired")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "short"}, "too_short"),
        ({"password": "x" * 257}, "too_long"),
        ({"password": "PassWord1"}, "weak"),
        ({"password": "iloveyou2"}, "weak"),
        ({"password": 12345678}, "type"),
        ({"email": "no address"}, "format"),
        ({"email": "a@b.c\0"}, "format"),
        ({"name": ""}, "too_short"),
        ({"name": "x" * 10_000}, "too_long"),
        ({"roles": ["admin"]}, "read_only"),
        ({"active": True}, "read_only"),
        ({"id": 1}, "read_only"),
        ({"password_hash": "x"}, "unknown"),
    ],
)
def test_what_cannot_be_registered(stranger: Client, change: dict[str, Any], code: str) -> None:
    answer = stranger.post(REGISTER, {**ADA, **change})
    (field,) = change
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
    assert PASSWORD not in answer.content.decode()
    assert "items" not in answer.content.decode()  # a text has characters


@pytest.mark.parametrize("password", ["eight ch", "x" * 64 + "y", "пароль и точка", " spaces at both ends "])
def test_passwords_are_taken_as_they_are(stranger: Client, mails: Mails, password: str) -> None:
    assert stranger.post(REGISTER, {**ADA, "password": password}).status_code == 202
    (message,) = mails()
    stranger.post(VERIFY, {"token": code_in(message)})
    assert sign_in(stranger, "ada@example.org", password).status_code == 200
    assert sign_in(stranger, "ada@example.org", password.strip() + " ").status_code == 401
