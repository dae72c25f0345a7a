"""The embedded PostgreSQL of a project."""

import sys
import threading
from pathlib import Path

import psycopg
import pytest

from backsmith.project.environment import Environment
from backsmith.project.failure import Failure
from backsmith.project.services import postgres

ENVIRONMENT = Environment(python=Path(sys.executable))


def test_it_keeps_its_data(tmp_path: Path) -> None:
    with postgres(tmp_path, ENVIRONMENT, "first") as address, psycopg.connect(address) as db:
        db.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with postgres(tmp_path, ENVIRONMENT, "first") as address, psycopg.connect(address) as db:
        assert db.execute("SELECT answer FROM kept").fetchall() == [(42,)]
    assert (tmp_path / ".backsmith" / "services" / ".gitignore").read_text() == "*\n"


def test_a_start_that_fails_is_tried_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with postgres(tmp_path, ENVIRONMENT, "first", data):
        pass
    left = data / "postmaster.pid"
    left.write_text("1\n")  # as a server writes it line by line
    written = threading.Timer(1.5, left.unlink)
    written.start()

    with postgres(tmp_path, ENVIRONMENT, "first", data) as address:
        assert "/first?" in address
    written.join()


def test_what_cannot_start_is_told(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing" / "data"
    with pytest.raises(Failure, match="does not start") as caught, postgres(tmp_path, ENVIRONMENT, "first", nowhere):
        pass
    assert "DATABASE_URL" in caught.value.hint
