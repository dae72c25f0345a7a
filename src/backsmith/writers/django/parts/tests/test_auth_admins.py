"""The first admin, by settings and by command."""

import io

import pytest
from django.core.management import CommandError, call_command
from pydantic import SecretStr

from apps.accounts import admins
from apps.accounts.models import User
from apps.accounts.rules import API
from apps.core.startup import CannotStart
from tests.conftest import PASSWORD, As, Client
from tests.test_auth_sessions import ME, sign_in


class Given:
    """Settings, as far as they name the first admin."""

    def __init__(self, email: str | None, password: str | None) -> None:
        self.admin_email, self.admin_password = email, SecretStr(password) if password else None


def admin_addresses() -> list[str]:
    return [account.email for account in User.objects.order_by("pk") if "admin" in account.roles]


@pytest.mark.parametrize(
    ("email", "password", "made"),
    [
        ("First@Example.org", PASSWORD, ["first@example.org"]),
        (None, PASSWORD, []),
        ("first@example.org", None, []),
    ],
)
def test_the_settings_name_the_first_admin(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, email: str | None, password: str | None, made: list[str]
) -> None:
    monkeypatch.setattr(admins, "settings", Given(email, password))
    admins.ensure_admin()
    admins.ensure_admin()
    assert admin_addresses() == made
    if made:
        assert sign_in(stranger, "first@example.org").status_code == 200


def test_where_there_is_an_admin_the_settings_are_nothing(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = as_("admin")
    monkeypatch.setattr(admins, "settings", Given("first@example.org", PASSWORD))
    admins.ensure_admin()
    assert admin_addresses() == [ada.email]


def test_a_weak_password_keeps_the_application_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admins, "settings", Given("first@example.org", "password"))
    with pytest.raises(CannotStart, match="ADMIN_PASSWORD"):
        admins.ensure_admin()


def test_an_account_becomes_an_admin(stranger: Client, as_: As) -> None:
    bob = as_(active=False, verified_at=None)
    admins.appoint(bob.email.upper(), "another quiet river")
    assert admin_addresses() == [bob.email]
    assert bob.get(ME).status_code == 401  # its sessions have ended
    signed = sign_in(stranger, bob.email, "another quiet river")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    assert stranger.get(f"{API}/users", headers=headers).status_code == 200


def command(monkeypatch: pytest.MonkeyPatch, address: str, password: str) -> str:
    """What `manage.py admin ADDRESS` prints where this password is typed."""
    printed = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("admin", address, stdout=printed)
    return printed.getvalue()


def test_the_command(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(monkeypatch, "ada@example.org", PASSWORD) == "ada@example.org is an admin.\n"
    assert admin_addresses() == ["ada@example.org"]
    assert sign_in(stranger, "ada@example.org").status_code == 200


@pytest.mark.parametrize(
    ("address", "password", "said"),
    [("ada@example.org", "password", "tried first"), ("no address", PASSWORD, "not an e-mail address")],
)
def test_what_the_command_does_not_take(
    monkeypatch: pytest.MonkeyPatch, address: str, password: str, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        command(monkeypatch, address, password)
    assert admin_addresses() == []


def test_a_command_needs_an_address() -> None:
    with pytest.raises(CommandError):
        call_command("admin")


def test_the_command_of_django(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Ada@example.org", name="Ada", verbosity=0)
    assert admin_addresses() == ["ada@example.org"]
    assert User.objects.get().name == "Ada"
    assert sign_in(stranger, "ada@example.org").status_code == 200


def test_the_command_of_django_takes_no_weak_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "password")
    with pytest.raises(ValueError, match="tried first"):
        call_command("createsuperuser", interactive=False, email="ada@example.org", name="Ada", verbosity=0)
    assert admin_addresses() == []
