"""Example data: it keeps every rule of the database, and stays out of production."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from tools import seed

from app.core.database import reader
from app.models.user import User
from tests.conftest import As


async def _accounts() -> int:
    async with reader() as db:
        return (await db.execute(select(func.count()).select_from(User))).scalar_one()


@pytest.mark.parametrize("rows", [1, 12])
async def test_seed(rows: int) -> None:
    await seed.seed(rows)
    assert await _accounts() == max(rows, len(seed.ROLES))


async def test_only_into_an_empty_database(as_: As) -> None:
    await as_("admin")
    with pytest.raises(ValueError, match="accounts already"):
        await seed.seed(1)
    assert await _accounts() == 1


def test_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[int] = []

    async def run(rows: int) -> None:
        asked.append(rows)
        if rows == 7:
            raise ValueError("not empty")

    monkeypatch.setattr(seed, "_run", run)
    assert seed.main(["--rows", "5"]) == 0
    assert seed.PASSWORD in capsys.readouterr().out
    assert seed.main(["--rows", "7"]) == 1
    assert asked == [5, 7]


def test_not_in_production(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(seed, "settings", SimpleNamespace(production=True))
    assert seed.main([]) == 1
    assert "production" in capsys.readouterr().err
