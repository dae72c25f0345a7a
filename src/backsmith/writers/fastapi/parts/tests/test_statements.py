"""Statements on the driver."""

from time import monotonic

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DBAPIError

from app.config import settings
from app.core import statements
from app.core.database import SQLITE, transaction
from app.core.errors import is_unavailable

NUMBERS = select(literal(1).label("number")).cte(recursive=True)
ENDLESS = select(func.count()).select_from(NUMBERS.union_all(select(NUMBERS.c.number)))
ONE = select(literal(1))


async def count_for_ever() -> None:
    async with transaction() as db:
        if not SQLITE:
            await db.execute(text("SET LOCAL statement_timeout = 200"))
        await statements.rows(db, ENDLESS, {})


async def test_a_statement_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "settings", settings.model_copy(update={"statement_timeout": 0.2}))
    begun = monotonic()
    with pytest.raises((TimeoutError, DBAPIError)) as raised:
        await count_for_ever()
    assert is_unavailable(raised.value)
    async with transaction() as db:
        assert [tuple(row) for row in await statements.rows(db, ONE, {})] == [(1,)]
    assert monotonic() - begun < 4
