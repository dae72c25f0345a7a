"""Accounts: the own one, and all of them for admins."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from httpx2 import AsyncClient
from sqlalchemy import False_

from app.auth.rules import API
from app.core.authentication import Principal, credentials
from app.main import app
from app.models.user import Role, User
from app.policies import user as policy
from tests.conftest import PERSON, As, Mails, caller_of, code_in
from tests.test_auth_sessions import ME, codes, sign_in

USERS = f"{API}/users"


async def test_the_own_account(stranger: AsyncClient, as_: As) -> None:
    ada = await as_("admin")
    me = await ada.get(ME)
    assert {"id", "email", "name", "roles", "active", "created_at", "updated_at"} <= me.json().keys()
    assert not me.json().keys() & {"password_hash", "version"}
    changed = await ada.patch(ME, json={"name": "Ada"}, headers={"If-Match": me.headers["etag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "Ada")
    stale = await ada.patch(ME, json={"name": "Eve"}, headers={"If-Match": me.headers["etag"]})
    assert stale.status_code == 412
    for answer in (await stranger.get(ME), await stranger.patch(ME, json={"name": ""})):
        assert answer.status_code == 401


async def test_dependencies_can_be_overridden(stranger: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    overrides: dict[Any, Any] = app.dependency_overrides
    monkeypatch.setitem(overrides, credentials, lambda: Principal(roles=frozenset({"admin", "signed_in"})))
    assert (await stranger.get(USERS)).status_code == 200


@pytest.mark.parametrize("field", ["id", "email", "roles", "active", "created_at", "updated_at", "version"])
async def test_what_nobody_changes_of_themselves(as_: As, field: str) -> None:
    answer = await (await as_()).patch(ME, json={field: None})
    assert (answer.status_code, codes(answer)) == (422, {(field, "read_only")})


def is_closed(rule: Callable[[frozenset[str], type[User]], Any]) -> bool:
    """Whether the blueprint opens this to nobody but admins."""
    return isinstance(rule(frozenset({"signed_in"}), User), False_)


async def test_accounts_are_for_admins(stranger: AsyncClient, as_: As) -> None:
    ada, bob = await as_("admin"), await as_()
    path = f"{USERS}/{ada.id}"
    person = {**PERSON, "email": "new@example.org", "roles": ["admin"]}
    for client, seen, hidden in ((stranger, 401, 401), (bob, 403, 404)):
        assert (await client.post(USERS, json=person)).status_code == seen
        if is_closed(policy.read):
            assert (await client.get(USERS)).status_code == seen
            assert (await client.get(USERS, params={"email": ada.email})).status_code == seen
            assert (await client.get(path)).status_code == hidden
            assert (await client.patch(path, json={"active": False})).status_code == hidden
        elif is_closed(policy.update):
            assert (await client.patch(path, json={"active": False})).status_code in (seen, hidden)
    assert (await ada.get(path)).json()["email"] == ada.email
    found = (await ada.get(USERS, params={"email": bob.email})).json()["items"]
    assert [account["id"] for account in found] == [bob.json_id]


async def test_an_admin_makes_an_account(stranger: AsyncClient, as_: As, mails: Mails) -> None:
    ada = await as_("admin")
    person = {**PERSON, "email": "New@Example.org", "roles": ["admin", "admin"]}
    made = await ada.post(USERS, json=person)
    assert (made.status_code, made.json()["roles"]) == (201, ["admin"])
    assert made.headers["location"] == f"{USERS}/{made.json()['id']}"
    (message,) = await mails()
    assert (message["To"], message["Subject"]) == ("new@example.org", "Set a new password")
    body = {"token": code_in(message), "password": "another quiet river"}
    assert (await stranger.post(f"{API}/auth/password/reset", json=body)).status_code == 204
    assert (await sign_in(stranger, "new@example.org", "another quiet river")).status_code == 200
    again = await ada.post(USERS, json=person)
    assert (again.status_code, codes(again)) == (409, {("email", "duplicate")})


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"email": "new@example.org"}, "email", "read_only"),
        ({"password": "another quiet river"}, "password", "unknown"),
        ({"roles": []}, "roles", "too_short"),
        ({"roles": ["emperor"]}, "roles.0", "choice"),
        ({"active": "yes"}, "active", "type"),
    ],
)
async def test_what_an_admin_does_not_change(as_: As, body: dict[str, Any], field: str, code: str) -> None:
    ada, bob = await as_("admin"), await as_()
    answer = await ada.patch(f"{USERS}/{bob.id}", json=body)
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})


async def test_an_account_that_is_no_longer_active_is_out(stranger: AsyncClient, as_: As) -> None:
    ada, bob = await as_("admin"), await as_()
    key = {"X-API-Key": (await bob.post(f"{API}/auth/keys", json={"name": "report"})).json()["key"]}
    path = f"{USERS}/{bob.id}"
    assert (await ada.patch(path, json={"active": False})).json()["active"] is False
    assert (await bob.get(ME)).status_code == 401
    assert (await stranger.get(ME, headers=key)).status_code == 401
    assert (await sign_in(stranger, bob.email)).status_code == 401
    assert (await ada.patch(path, json={"active": True})).status_code == 200
    assert (await bob.get(ME)).status_code == 401  # its sessions and keys do not come back
    assert (await stranger.get(ME, headers=key)).status_code == 401
    assert (await sign_in(stranger, bob.email)).status_code == 200


async def test_roles_count_at_once(as_: As) -> None:
    ada, bob = await as_("admin"), await as_()
    own = bob.headers["authorization"]
    assert (await caller_of(authorization=own)).roles == {"signed_in"}
    await ada.patch(f"{USERS}/{bob.id}", json={"roles": ["admin"]})
    assert (await caller_of(authorization=own)).roles == {"admin", "signed_in"}


OTHERS = [role for role in get_args(Role) if role != "admin"]
LOSSES: list[dict[str, Any]] = [{"active": False}, *({"roles": [role]} for role in OTHERS[:1])]


@pytest.mark.parametrize("loss", LOSSES)
async def test_the_last_admin_stays(as_: As, loss: dict[str, Any]) -> None:
    ada, bob = await as_("admin"), await as_("admin", active=False)
    (field,) = loss
    answer = await ada.patch(f"{USERS}/{ada.id}", json=loss)
    assert (answer.status_code, codes(answer)) == (409, {(field, "bound")})
    await ada.patch(f"{USERS}/{bob.id}", json={"active": True})
    assert (await ada.patch(f"{USERS}/{ada.id}", json=loss)).status_code == 200
