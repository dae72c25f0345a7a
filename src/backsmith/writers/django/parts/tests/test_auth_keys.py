"""API keys: how programs call in the name of an account."""

from json import dumps
from typing import Any

import pytest

from apps.accounts.models import ApiKey, User
from apps.accounts.rules import API
from apps.core.errors import Unauthorized
from tests.conftest import PASSWORD, As, Client, who_calls
from tests.test_auth_sessions import ME, codes

JSON, KEYS, USERS = "application/json", f"{API}/auth/keys", f"{API}/users"


def with_key(made: Any) -> dict[str, str]:
    return {"X-API-Key": made.json()["key"]}


def test_a_key(stranger: Client, as_: As) -> None:
    ada = as_("admin")
    made = ada.post(KEYS, {"name": "report"})
    assert made.status_code == 201
    assert made.json().keys() == {"id", "name", "roles", "created_at", "key"}
    assert made.json()["roles"] == ["admin"]
    assert stranger.get(ME, headers=with_key(made)).json()["id"] == ada.json_id
    assert stranger.get(USERS, headers=with_key(made)).status_code == 200
    assert made.json()["key"] not in str(ApiKey.objects.values().get())


def test_keys_are_listed_and_revoked_by_their_owner(stranger: Client, as_: As) -> None:
    ada, bob = as_(), as_()
    made = ada.post(KEYS, {"name": "report"})
    path = f"{KEYS}/{made.json()['id']}"
    listed = ada.get(KEYS).json()["items"]
    assert [(key["name"], "key" in key) for key in listed] == [("report", False)]
    assert bob.get(KEYS).json()["items"] == []
    assert bob.delete(path).status_code == 404
    assert stranger.delete(path).status_code == 401
    assert ada.delete(path).status_code == 204
    assert ada.delete(path).status_code == 404
    assert stranger.get(ME, headers=with_key(made)).status_code == 401


def test_a_key_has_at_most_the_roles_of_its_account(as_: As) -> None:
    ada, bob = as_("admin"), as_()
    refused = bob.post(KEYS, {"name": "report", "roles": ["admin"]})
    assert (refused.status_code, codes(refused)) == (422, {("roles", "choice")})
    key = ada.post(KEYS, {"name": "report", "roles": ["admin"]}).json()["key"]
    assert who_calls(x_api_key=key).roles == {"admin", "signed_in"}
    User.objects.filter(pk=ada.id).update(roles=[])
    assert who_calls(x_api_key=key).roles == {"signed_in"}
    User.objects.filter(pk=ada.id).update(roles=["admin"])
    ApiKey.objects.update(roles=[])
    assert who_calls(x_api_key=key).roles == {"signed_in"}
    User.objects.filter(pk=ada.id).update(active=False)
    with pytest.raises(Unauthorized):
        who_calls(x_api_key=key)


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
def test_a_key_does_not_manage_the_account(
    stranger: Client, as_: As, method: str, path: str, body: dict[str, str] | None
) -> None:
    made = as_().post(KEYS, {"name": "report"})
    answer = stranger.generic(method, f"{API}/auth/{path}", dumps(body), JSON, headers=with_key(made))
    assert answer.status_code == 403
    assert stranger.generic(method, f"{API}/auth/{path}", dumps(body), JSON).status_code == 401


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": ""}, "name", "too_short"),
        ({"name": "a", "roles": ["emperor"]}, "roles.0", "choice"),
        ({"name": "a", "key": "mine"}, "key", "unknown"),
    ],
)
def test_what_makes_no_key(as_: As, body: dict[str, Any], field: str, code: str) -> None:
    answer = as_().post(KEYS, body)
    assert (answer.status_code, codes(answer)) == (422, {(field, code)})
