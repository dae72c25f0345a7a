"""Registering: an account begins when its address is verified, and nothing before tells whether it had one."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select, update

from app.auth import tickets
from app.auth.models import Ticket
from app.auth.rules import API, NEW_ACCOUNT
from app.core.database import now, reader, transaction
from app.models.user import User
from tests.conftest import HASH, PASSWORD, PERSON, As, Mails, code_in
from tests.test_auth_sessions import codes, sign_in

REGISTER, VERIFY = f"{API}/auth/register", f"{API}/auth/email/verify"
ADA: dict[str, Any] = {**PERSON, "email": "Ada@Example.org", "name": "Ada Lovelace", "password": PASSWORD}


async def accounts() -> int:
    async with reader() as db:
        return await db.scalar(select(func.count()).select_from(User)) or 0


async def test_registering(stranger: AsyncClient, mails: Mails) -> None:
    answer = await stranger.post(REGISTER, json=ADA)
    assert (answer.status_code, answer.content) == (202, b"")
    assert await accounts() == 0
    (message,) = await mails()
    assert (message["To"], message["Subject"]) == ("ada@example.org", "Verify your address")
    assert (await sign_in(stranger, "ada@example.org")).status_code == 401
    assert (await stranger.post(VERIFY, json={"token": code_in(message)})).status_code == 204
    signed = await sign_in(stranger, "ada@example.org")
    assert signed.status_code == 200
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = (await stranger.get(f"{API}/auth/me", headers=headers)).json()
    assert (me["email"], me["name"], me["roles"], me["active"]) == (
        "ada@example.org",
        "Ada Lovelace",
        list(NEW_ACCOUNT),
        True,
    )
    again = await stranger.post(VERIFY, json={"token": code_in(message)})
    assert (again.status_code, codes(again)) == (422, {("token", "expired")})


async def test_a_known_address_is_answered_alike(
    stranger: AsyncClient, as_: As, mails: Mails, count_queries: Any
) -> None:
    ada = await as_()
    seen: list[tuple[Response, list[str]]] = []
    for email in (ada.email, "new@example.org"):
        with count_queries() as counted:
            answer = await stranger.post(REGISTER, json={**ADA, "email": email})
        seen.append((answer, counted.statements))
    (known, known_work), (new, new_work) = seen
    assert (known.status_code, known.content) == (new.status_code, new.content) == (202, b"")
    assert known_work == new_work  # the same statements, so the same time
    by_address = {message["To"]: message for message in await mails()}
    assert by_address[ada.email]["Subject"] == "You already have an account"
    assert "#token=" not in by_address[ada.email].get_content()
    assert by_address["new@example.org"]["Subject"] == "Verify your address"
    assert (await sign_in(stranger, ada.email)).status_code == 200  # nothing has changed


async def test_of_two_registrations_the_one_that_is_verified_counts(stranger: AsyncClient, mails: Mails) -> None:
    await stranger.post(REGISTER, json={**ADA, "password": "what somebody else chose"})
    (foreign,) = await mails()
    async with transaction() as db:  # a minute later
        details = {**PERSON, "email": "ada@example.org", "password_hash": HASH}
        ticket = await tickets.issue(db, "register", "ada@example.org", details=details)
        code = await tickets.arm(db, ticket)
    assert (await stranger.post(VERIFY, json={"token": code_in(foreign)})).status_code == 204
    late = await stranger.post(VERIFY, json={"token": code})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})
    assert await accounts() == 1


async def test_a_registration_from_before_accounts_had_to_say_more(stranger: AsyncClient) -> None:
    async with transaction() as db:
        ticket = await tickets.issue(db, "register", "ada@example.org", details={"email": "ada@example.org"})
        code = await tickets.arm(db, ticket)
    late = await stranger.post(VERIFY, json={"token": code})
    assert (late.status_code, codes(late)) == (422, {("token", "expired")})


async def test_a_link_ends(stranger: AsyncClient, mails: Mails) -> None:
    await stranger.post(REGISTER, json=ADA)
    (message,) = await mails()
    async with transaction() as db:
        await db.execute(update(Ticket).values(expires_at=now() - timedelta(seconds=1)))
    assert codes(await stranger.post(VERIFY, json={"token": code_in(message)})) == {("token", "expired")}
    assert await accounts() == 0


async def test_nobody_is_flooded_with_mail(stranger: AsyncClient, mails: Mails) -> None:
    for _ in range(5):
        assert (await stranger.post(REGISTER, json=ADA)).status_code == 202
    assert 1 <= len(await mails()) <= 2  # two where a minute has just begun


async def test_what_is_stored_cannot_be_used(stranger: AsyncClient, mails: Mails) -> None:
    await stranger.post(REGISTER, json=ADA)
    (message,) = await mails()
    async with reader() as db:
        row = (await db.execute(select(Ticket.token_hash, Ticket.details))).one()
    assert code_in(message) not in str(row)
    assert PASSWORD not in str(row)
    assert codes(await stranger.post(VERIFY, json={"token": row.token_hash})) == {("token", "expired")}


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
async def test_what_cannot_be_registered(stranger: AsyncClient, change: dict[str, Any], code: str) -> None:
    answer = await stranger.post(REGISTER, json={**ADA, **change})
    (field,) = change
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
    assert PASSWORD not in answer.text
    assert "items" not in answer.text  # a text has characters


@pytest.mark.parametrize("password", ["eight ch", "x" * 64 + "y", "пароль и точка", " spaces at both ends "])
async def test_passwords_are_taken_as_they_are(stranger: AsyncClient, mails: Mails, password: str) -> None:
    assert (await stranger.post(REGISTER, json={**ADA, "password": password})).status_code == 202
    (message,) = await mails()
    await stranger.post(VERIFY, json={"token": code_in(message)})
    assert (await sign_in(stranger, "ada@example.org", password)).status_code == 200
    assert (await sign_in(stranger, "ada@example.org", password.strip() + " ")).status_code == 401
