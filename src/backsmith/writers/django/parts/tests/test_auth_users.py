"""Accounts: the own one, and all of them for admins."""

from typing import Any

import pytest

from apps.accounts import permissions
from apps.accounts.models import User
from apps.accounts.models.user import ROLES
from apps.accounts.rules import API
from apps.core.caller import Caller, Rule, decided
from tests.conftest import PERSON, As, Client, Mails, code_in, who_calls
from tests.test_auth_sessions import ME, codes, sign_in

USERS = f"{API}/users"


def test_the_own_account(stranger: Client, as_: As) -> None:
    ada = as_("admin")
    me = ada.get(ME)
    assert {"id", "email", "name", "roles", "active", "created_at", "updated_at"} <= me.json().keys()
    assert not me.json().keys() & {"password_hash", "version"}
    changed = ada.patch(ME, {"name": "Ada"}, headers={"If-Match": me.headers["etag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "Ada")
    stale = ada.patch(ME, {"name": "Eve"}, headers={"If-Match": me.headers["etag"]})
    assert stale.status_code == 412
    for answer in stranger.get(ME), stranger.patch(ME, {"name": ""}):
        assert answer.status_code == 401


def test_admins_are_who_the_admin_site_is_for(as_: As) -> None:
    for client, is_admin in ((as_("admin"), True), (as_(), False), (as_("admin", active=False), False)):
        account = User.objects.get(pk=client.id)
        assert account.is_staff is account.is_superuser is is_admin
        assert account.has_perm("accounts.change_user") is account.has_module_perms("accounts") is is_admin


@pytest.mark.parametrize("field", ["id", "email", "roles", "active", "created_at", "updated_at", "version"])
def test_what_nobody_changes_of_themselves(as_: As, field: str) -> None:
    answer = as_().patch(ME, {field: None})
    assert (answer.status_code, codes(answer)) == (422, {(field, "read_only")})


def is_closed(rule: Rule) -> bool:
    """Whether the blueprint opens this to nobody but admins."""
    return decided(rule(Caller(id=1, roles=frozenset({"signed_in"})))) is False


def test_accounts_are_for_admins(stranger: Client, as_: As) -> None:
    ada, bob = as_("admin"), as_()
    path = f"{USERS}/{ada.id}"
    person = {**PERSON, "email": "new@example.org", "roles": ["admin"]}
    for client, seen, hidden in ((stranger, 401, 401), (bob, 403, 404)):
        assert client.post(USERS, person).status_code == seen
        if is_closed(permissions.read):
            assert client.get(USERS).status_code == seen
            assert client.get(USERS, {"email": ada.email}).status_code == seen
            assert client.get(path).status_code == hidden
            assert client.patch(path, {"active": False}).status_code == hidden
        elif is_closed(permissions.update):
            assert client.patch(path, {"active": False}).status_code in (seen, hidden)
    assert ada.get(path).json()["email"] == ada.email
    found = ada.get(USERS, {"email": bob.email}).json()["items"]
    assert [account["id"] for account in found] == [bob.json_id]


def test_an_admin_makes_an_account(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_("admin")
    person = {**PERSON, "email": "New@Example.org", "roles": ["admin", "admin"]}
    made = ada.post(USERS, person)
    assert (made.status_code, made.json()["roles"]) == (201, ["admin"])
    assert made.headers["location"] == f"{USERS}/{made.json()['id']}"
    (message,) = mails()
    assert (message.to, message.subject) == (["new@example.org"], "Set a new password")
    body = {"token": code_in(message), "password": "another quiet river"}
    assert stranger.post(f"{API}/auth/password/reset", body).status_code == 204
    assert sign_in(stranger, "new@example.org", "another quiet river").status_code == 200
    again = ada.post(USERS, person)
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
def test_what_an_admin_does_not_change(as_: As, body: dict[str, Any], field: str, code: str) -> None:
    ada, bob = as_("admin"), as_()
    answer = ada.patch(f"{USERS}/{bob.id}", body)
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})


def test_an_account_that_is_no_longer_active_is_out(stranger: Client, as_: As) -> None:
    ada, bob = as_("admin"), as_()
    key = {"X-API-Key": bob.post(f"{API}/auth/keys", {"name": "report"}).json()["key"]}
    path = f"{USERS}/{bob.id}"
    assert ada.patch(path, {"active": False}).json()["active"] is False
    assert bob.get(ME).status_code == 401
    assert stranger.get(ME, headers=key).status_code == 401
    assert sign_in(stranger, bob.email).status_code == 401
    assert ada.patch(path, {"active": True}).status_code == 200
    assert bob.get(ME).status_code == 401  # its sessions and keys do not come back
    assert stranger.get(ME, headers=key).status_code == 401
    assert sign_in(stranger, bob.email).status_code == 200


def test_roles_count_at_once(as_: As) -> None:
    ada, bob = as_("admin"), as_()
    own = f"Bearer {bob.token}"
    assert who_calls(authorization=own).roles == {"signed_in"}
    ada.patch(f"{USERS}/{bob.id}", {"roles": ["admin"]})
    assert who_calls(authorization=own).roles == {"admin", "signed_in"}


OTHERS = [role for role in ROLES if role != "admin"]
LOSSES: list[dict[str, Any]] = [{"active": False}, *({"roles": [role]} for role in OTHERS[:1])]


@pytest.mark.parametrize("loss", LOSSES)
def test_the_last_admin_stays(as_: As, loss: dict[str, Any]) -> None:
    ada, bob = as_("admin"), as_("admin", active=False)
    (field,) = loss
    answer = ada.patch(f"{USERS}/{ada.id}", loss)
    assert (answer.status_code, codes(answer)) == (409, {(field, "bound")})
    ada.patch(f"{USERS}/{bob.id}", {"active": True})
    assert ada.patch(f"{USERS}/{ada.id}", loss).status_code == 200
