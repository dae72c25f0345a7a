"""Connections: what they know, and how long they wait."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.accounts.models import Failure
from apps.core.errors import is_unavailable


@pytest.fixture
def hurried() -> Iterator[BaseDatabaseWrapper]:
    """A connection that waits for a moment only."""
    other: Any = connection.copy("hurried")
    options = dict(other.settings_dict["OPTIONS"])
    options |= {"timeout": 0.1} if other.vendor == "sqlite" else {"options": "-c statement_timeout=100"}
    options.pop("pool", None)
    other.settings_dict = {**other.settings_dict, "OPTIONS": options}
    yield other
    other.close()


def test_who_waits_too_long_is_told_to_try_again(hurried: Any) -> None:
    Failure.objects.create(key="a")
    statement = f"UPDATE {Failure._meta.db_table} SET key = 'b'"
    with transaction.atomic():
        Failure.objects.update(key="c")
        with pytest.raises(Exception) as raised, hurried.cursor() as cursor:
            cursor.execute(statement)
    assert is_unavailable(raised.value)
    assert [failure.key for failure in Failure.objects.all()] == ["c"]


def test_what_the_database_is_told_of_each() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
        else:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("1min",)
