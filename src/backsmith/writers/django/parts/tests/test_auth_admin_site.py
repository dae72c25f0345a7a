"""Signing in to the admin site: with what `/auth/token` asks for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.conftest import PASSWORD, As


def is_let_in(email: str, password: str = PASSWORD) -> bool:
    """Whether somebody sees the site who signs in with these."""
    browser, site = Client(), reverse("admin:index")
    browser.post(reverse("admin:login"), {"username": email, "password": password})
    return browser.get(site).status_code == 200


@pytest.mark.parametrize(
    ("roles", "columns", "let_in"),
    [
        (["admin"], {}, True),
        ([], {}, False),
        (["admin"], {"active": False}, False),
        (["admin"], {"password": None}, False),
    ],
)
def test_admins_are_let_in(as_: As, roles: list[str], columns: dict[str, Any], let_in: bool) -> None:
    account = as_(*roles, **columns)
    assert is_let_in(account.email.upper()) is let_in
    assert not is_let_in(account.email, "not this one")


def test_whoever_is_no_admin_any_longer_is_out(as_: As) -> None:
    ada, browser = as_("admin"), Client()
    browser.post(reverse("admin:login"), {"username": ada.email, "password": PASSWORD})
    assert browser.get(reverse("admin:index")).status_code == 200
    User.objects.filter(pk=ada.id).update(roles=[])
    assert browser.get(reverse("admin:index")).status_code == 302


def test_guessing_has_a_limit(as_: As) -> None:
    ada = as_("admin")
    assert not any(is_let_in(ada.email, "not this one") for _ in range(10))
    assert not is_let_in(ada.email)
