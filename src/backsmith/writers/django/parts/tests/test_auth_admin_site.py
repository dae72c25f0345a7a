"""Signing in to the admin site: with what `/auth/token` asks for."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.rules import API
from config.environment import settings
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


@pytest.mark.parametrize(("origin", "status"), [(settings.public_url, 302), ("https://evil.example", 403)])
def test_its_forms_come_from_where_people_reach_it(as_: As, origin: str, status: int) -> None:
    ada, browser, address = as_("admin"), Client(enforce_csrf_checks=True), reverse("admin:login")
    page = browser.get(address)
    assert page.headers["Referrer-Policy"] == "same-origin"  # without it, browsers do not say where forms come from
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[:1]
    form = {"username": ada.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert browser.post(address, form, headers={"Origin": origin}).status_code == status


def test_browsers_may_load_what_its_pages_need(as_: As) -> None:
    ada, browser = as_("admin"), Client()
    browser.force_login(ada.user)
    page = browser.get(reverse("admin:index"))
    loaded = re.findall(r'<(script|link)[^>]* (?:src|href)="([^"]+)"', page.content.decode())
    assert {kind for kind, _ in loaded} == {"script", "link"}
    assert all(address.startswith("/") for _, address in loaded)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    for address in {address for _, address in loaded}:
        assert browser.get(address).status_code == 200, address


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


@pytest.mark.parametrize(
    ("password", "taken"), [("another quiet river", True), ("short", False), ("password1", False), ("", False)]
)
def test_its_page_changes_the_password(as_: As, password: str, taken: bool) -> None:
    ada, browser = as_("admin"), Client()
    browser.post(reverse("admin:login"), {"username": ada.email, "password": PASSWORD})
    form = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    browser.post(reverse("admin:password_change"), form)
    assert is_let_in(ada.email, password or "nothing") is taken
    assert is_let_in(ada.email) is not taken
    assert ada.get(f"{API}/auth/me").status_code == (401 if taken else 200)  # other sessions have ended
    assert browser.get(reverse("admin:index")).status_code == 200
