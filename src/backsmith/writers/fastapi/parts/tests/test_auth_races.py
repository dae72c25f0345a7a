"""What becomes of accounts where many requests come at once: what is good once is used once, and an admin is left."""

import asyncio
from typing import Any, get_args

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, update

from app.auth.rules import API
from app.core import passwords
from app.core.database import reader, transaction
from app.models.user import Role, User
from tests.checks import race
from tests.conftest import PERSON, As, Mails, code_in
from tests.test_auth_sessions import ME, REFRESH, bearer, sign_in

MANY = 20
LOSSES: list[dict[str, Any]] = [{"active": False}, *({"roles": [role]} for role in get_args(Role) if role != "admin")]


async def test_a_refresh_token_is_used_once(stranger: AsyncClient, as_: As) -> None:
    ada = await as_()
    body = {"refresh_token": (await sign_in(stranger, ada.email)).json()["refresh_token"]}
    (won,) = await race((stranger.post(REFRESH, json=body) for _ in range(MANY)), 200, 401, ("", "credentials"))
    # Somebody has a copy: the whole family has ended.
    assert (await stranger.get(ME, headers=bearer(won.json()["access_token"]))).status_code == 401
    newest = {"refresh_token": won.json()["refresh_token"]}
    assert (await stranger.post(REFRESH, json=newest)).status_code == 401


async def test_a_code_is_used_once(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_()
    await stranger.post(f"{API}/auth/password/forgot", json={"email": ada.email})
    (message,) = await mails()
    path, body = f"{API}/auth/password/reset", {"token": code_in(message), "password": "another quiet river"}
    await race((stranger.post(path, json=body) for _ in range(MANY)), 204, 422, ("token", "expired"))


async def test_an_address_has_one_account(as_: As) -> None:
    ada = await as_("admin")
    person = {**PERSON, "email": "new@example.org", "roles": ["admin"]}
    await race((ada.post(f"{API}/users", json=person) for _ in range(MANY)), 201, 409, ("email", "duplicate"))


@pytest.mark.parametrize("loss", LOSSES[:2])
async def test_admins_do_not_remove_each_other(as_: As, loss: dict[str, Any]) -> None:
    ada, bob = await as_("admin"), await as_("admin")
    pairs = [(ada, bob), (bob, ada)] * (MANY // 2)
    answers = await asyncio.gather(*(one.patch(f"{API}/users/{two.id}", json=loss) for one, two in pairs))
    assert 200 in {answer.status_code for answer in answers}
    async with reader() as db:
        accounts = (await db.execute(select(User.roles, User.active))).all()
    assert [active for roles, active in accounts if "admin" in roles and active] == [True]


async def test_a_sign_in_waits_for_a_change_of_the_password(
    stranger: AsyncClient, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, found, matches = await as_(), asyncio.Event(), passwords.matches

    async def matched(*given: Any) -> bool:
        good = await matches(*given)
        found.set()
        return good

    monkeypatch.setattr(passwords, "matches", matched)
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(password_hash="another"))
        signing = asyncio.create_task(sign_in(stranger, ada.email))
        await found.wait()  # the old one is right
        await asyncio.sleep(0.3)
    assert (await signing).status_code == 401
