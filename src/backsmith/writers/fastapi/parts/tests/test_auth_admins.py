"""The first admin, by settings and by command."""

import io

import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr
from sqlalchemy import select

from app import cli
from app.auth import admins
from app.auth.rules import API
from app.core.database import reader
from app.core.startup import CannotStart
from app.models.user import User
from tests.conftest import PASSWORD, As
from tests.test_auth_sessions import ME, sign_in


class Given:
    """Settings, as far as they name the first admin."""

    def __init__(self, email: str | None, password: str | None) -> None:
        self.admin_email, self.admin_password = email, SecretStr(password) if password else None


async def admin_addresses() -> list[str]:
    async with reader() as db:
        rows = (await db.execute(select(User.email, User.roles).order_by(User.id))).all()
    return [email for email, roles in rows if "admin" in roles]


@pytest.mark.parametrize(
    ("email", "password", "made"),
    [
        ("First@Example.org", PASSWORD, ["first@example.org"]),
        (None, PASSWORD, []),
        ("first@example.org", None, []),
    ],
)
async def test_the_settings_name_the_first_admin(
    stranger: AsyncClient, monkeypatch: pytest.MonkeyPatch, email: str | None, password: str | None, made: list[str]
) -> None:
    monkeypatch.setattr(admins, "settings", Given(email, password))
    await admins.ensure_admin()
    await admins.ensure_admin()
    assert await admin_addresses() == made
    if made:
        assert (await sign_in(stranger, "first@example.org")).status_code == 200


async def test_where_there_is_an_admin_the_settings_are_nothing(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await as_("admin")
    monkeypatch.setattr(admins, "settings", Given("first@example.org", PASSWORD))
    await admins.ensure_admin()
    assert await admin_addresses() == [ada.email]


async def test_a_weak_password_keeps_the_application_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admins, "settings", Given("first@example.org", "password"))
    with pytest.raises(CannotStart, match="ADMIN_PASSWORD"):
        await admins.ensure_admin()


async def test_an_account_becomes_an_admin(stranger: AsyncClient, as_: As) -> None:
    bob = await as_(active=False, verified_at=None)
    await admins.appoint(bob.email.upper(), "another quiet river")
    assert await admin_addresses() == [bob.email]
    assert (await bob.get(ME)).status_code == 401  # its sessions have ended
    signed = await sign_in(stranger, bob.email, "another quiet river")
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    assert (await stranger.get(f"{API}/users", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("address", "password", "code", "said"),
    [
        ("ada@example.org", PASSWORD, 0, "ada@example.org is an admin."),
        ("ada@example.org", "password", 1, "tried first"),
        ("no address", PASSWORD, 1, "not an e-mail address"),
    ],
)
def test_the_command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str,
    password: str,
    code: int,
    said: str,
) -> None:
    appointed: list[tuple[str, ...]] = []

    async def appoint(*given: str) -> None:
        admins.CHOSEN.validate_python(given)
        appointed.append(given)

    monkeypatch.setattr(cli, "appoint", appoint)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert cli.main(["admin", address]) == code
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    assert appointed == ([(address, password)] if code == 0 else [])


def test_a_command_is_needed() -> None:
    with pytest.raises(SystemExit):
        cli.main([])
