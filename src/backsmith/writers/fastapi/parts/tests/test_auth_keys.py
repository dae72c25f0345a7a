"""API keys: how programs call in the name of an account."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, update

from app.auth.models import ApiKey
from app.auth.rules import API
from app.core.database import reader, transaction
from app.core.errors import Unauthorized
from app.models.user import User
from tests.conftest import PASSWORD, As, caller_of
from tests.test_auth_sessions import ME, codes

KEYS, USERS = f"{API}/auth/keys", f"{API}/users"


def with_key(made: Any) -> dict[str, str]:
    return {"X-API-Key": made.json()["key"]}


async def test_a_key(stranger: AsyncClient, as_: As) -> None:
    ada = await as_("admin")
    made = await ada.post(KEYS, json={"name": "report"})
    assert made.status_code == 201
    assert made.json().keys() == {"id", "name", "roles", "created_at", "key"}
    assert made.json()["roles"] == ["admin"]
    assert (await stranger.get(ME, headers=with_key(made))).json()["id"] == ada.json_id
    assert (await stranger.get(USERS, headers=with_key(made))).status_code == 200
    async with reader() as db:
        assert made.json()["key"] not in str((await db.execute(select(ApiKey.__table__))).one())


async def test_keys_are_listed_and_revoked_by_their_owner(stranger: AsyncClient, as_: As) -> None:
    ada, bob = await as_(), await as_()
    made = await ada.post(KEYS, json={"name": "report"})
    path = f"{KEYS}/{made.json()['id']}"
    listed = (await ada.get(KEYS)).json()["items"]
    assert [(key["name"], "key" in key) for key in listed] == [("report", False)]
    assert (await bob.get(KEYS)).json()["items"] == []
    assert (await bob.delete(path)).status_code == 404
    assert (await stranger.delete(path)).status_code == 401
    assert (await ada.delete(path)).status_code == 204
    assert (await ada.delete(path)).status_code == 404
    assert (await stranger.get(ME, headers=with_key(made))).status_code == 401


async def test_a_key_has_at_most_the_roles_of_its_account(as_: As) -> None:
    ada, bob = await as_("admin"), await as_()
    refused = await bob.post(KEYS, json={"name": "report", "roles": ["admin"]})
    assert (refused.status_code, codes(refused)) == (422, {("roles", "choice")})
    key = (await ada.post(KEYS, json={"name": "report", "roles": ["admin"]})).json()["key"]
    assert (await caller_of(x_api_key=key)).roles == {"admin", "signed_in"}
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(roles=[]))
    assert (await caller_of(x_api_key=key)).roles == {"signed_in"}
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(roles=["admin"]))
        await db.execute(update(ApiKey).values(roles=[]))
    assert (await caller_of(x_api_key=key)).roles == {"signed_in"}
    async with transaction() as db:
        await db.execute(update(User).where(User.id == ada.id).values(active=False))
    with pytest.raises(Unauthorized):
        await caller_of(x_api_key=key)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "keys", None),
        ("POST", "keys", {"name": "another"}),
        ("DELETE", "keys/1", None),
        ("POST", "logout", None),
        ("POST", "password/change", {"current": PASSWORD, "password": "another quiet river"}),
        ("POST", "email/change", {"email": "new@example.org", "password": PASSWORD}),
    ],
)
async def test_a_key_does_not_manage_the_account(
    stranger: AsyncClient, as_: As, method: str, path: str, body: dict[str, str] | None
) -> None:
    made = await (await as_()).post(KEYS, json={"name": "report"})
    answer = await stranger.request(method, f"{API}/auth/{path}", json=body, headers=with_key(made))
    assert answer.status_code == 403
    assert (await stranger.request(method, f"{API}/auth/{path}", json=body)).status_code == 401


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": ""}, "name", "too_short"),
        ({"name": "a", "roles": ["emperor"]}, "roles.0", "choice"),
        ({"name": "a", "key": "mine"}, "key", "unknown"),
    ],
)
async def test_what_makes_no_key(as_: As, body: dict[str, Any], field: str, code: str) -> None:
    answer = await (await as_()).post(KEYS, json=body)
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
