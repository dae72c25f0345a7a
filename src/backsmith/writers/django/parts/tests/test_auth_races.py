"""What becomes of accounts where many requests come at once: what is good once is used once, and an admin is left."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import connections, transaction

from apps.accounts.models import User
from apps.accounts.models.user import ROLES
from apps.accounts.rules import API
from apps.core import passwords
from tests.conftest import PERSON, As, Client, Mails, at_once, code_in
from tests.test_auth_sessions import ME, REFRESH, bearer, codes, sign_in

MANY = 20
LOSSES: list[dict[str, Any]] = [{"active": False}, *({"roles": [role]} for role in ROLES if role != "admin")]


def race(request: Callable[[], Any], won: int, lost: int, *errors: tuple[str, str]) -> Any:
    """The answer of this status among those to the same request made many times at once. All others are refused."""
    answers = at_once([request] * MANY)
    assert Counter(answer.status_code for answer in answers) == {won: 1, lost: MANY - 1}
    assert all(codes(answer) == set(errors) for answer in answers if answer.status_code != won)
    return next(answer for answer in answers if answer.status_code == won)


def test_a_refresh_token_is_used_once(stranger: Client, as_: As) -> None:
    ada = as_()
    body = {"refresh_token": sign_in(stranger, ada.email).json()["refresh_token"]}
    won = race(partial(stranger.post, REFRESH, body), 200, 401, ("", "credentials"))
    # Somebody has a copy: the whole family has ended.
    assert stranger.get(ME, headers=bearer(won.json()["access_token"])).status_code == 401
    newest = {"refresh_token": won.json()["refresh_token"]}
    assert stranger.post(REFRESH, newest).status_code == 401


def test_a_code_is_used_once(stranger: Client, as_: As, mails: Mails) -> None:
    ada = as_()
    stranger.post(f"{API}/auth/password/forgot", {"email": ada.email})
    (message,) = mails()
    path, body = f"{API}/auth/password/reset", {"token": code_in(message), "password": "another quiet river"}
    race(partial(stranger.post, path, body), 204, 422, ("token", "expired"))


def test_an_address_has_one_account(as_: As) -> None:
    ada = as_("admin")
    person = {**PERSON, "email": "new@example.org", "roles": ["admin"]}
    race(partial(ada.post, f"{API}/users", person), 201, 409, ("email", "duplicate"))


@pytest.mark.parametrize("loss", LOSSES[:2])
def test_admins_do_not_remove_each_other(as_: As, loss: dict[str, Any]) -> None:
    ada, bob = as_("admin"), as_("admin")
    pairs = [(ada, bob), (bob, ada)] * (MANY // 2)
    answers = at_once([partial(one.patch, f"{API}/users/{two.id}", loss) for one, two in pairs])
    assert 200 in {answer.status_code for answer in answers}
    assert [account.is_superuser for account in User.objects.all()].count(True) == 1


def test_a_sign_in_waits_for_a_change_of_the_password(
    stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, found, matches = as_(), Event(), passwords.matches

    def matched(stored: str | None, password: str) -> bool:
        good = matches(stored, password)
        found.set()
        return good

    def signing() -> int:
        try:
            return int(sign_in(stranger, ada.email).status_code)
        finally:
            connections.close_all()

    monkeypatch.setattr(passwords, "matches", matched)
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            User.objects.filter(pk=ada.id).update(password="another")
            status = thread.submit(signing)
            assert found.wait(10)  # the old one is right
            sleep(0.3)
        assert status.result(10) == 401
