"""Example data: it keeps every rule of the database, and stays out of production."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.core.management.commands import seed
from tests.conftest import As, Client
from tests.test_auth_sessions import sign_in


@pytest.mark.parametrize("rows", [1, 12])
def test_the_command(stranger: Client, rows: int) -> None:
    printed = io.StringIO()
    call_command("seed", rows=rows, stdout=printed)
    assert User.objects.count() == max(rows, len(seed.ROLES))
    for role in seed.ROLES:
        address = f"{role}@example.com"
        assert address in printed.getvalue()
        assert sign_in(stranger, address, seed.PASSWORD).status_code == 200


def test_only_into_an_empty_database(as_: As) -> None:
    as_("admin")
    with pytest.raises(CommandError, match="accounts already"):
        call_command("seed")
    assert User.objects.count() == 1


def test_not_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "settings", SimpleNamespace(production=True))
    with pytest.raises(CommandError, match="production"):
        call_command("seed")
    assert not User.objects.exists()
