"""A PostgreSQL database of its own for what is written, so that nobody meets its tables."""

import os
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from .project import PYTHON

NAME = f"django_{os.getpid()}"
ASK = "import psycopg, sys\nwith psycopg.connect(sys.argv[1], autocommit=True) as c: c.execute(sys.argv[2])"


@pytest.fixture(scope="session")
def database(postgresql: str) -> Iterator[str]:
    """Its address."""
    server = postgresql.replace("+asyncpg", "")
    subprocess.run([PYTHON, "-c", ASK, server, f"CREATE DATABASE {NAME}"], check=True)
    yield urlsplit(server)._replace(path=f"/{NAME}").geturl()
    subprocess.run([PYTHON, "-c", ASK, server, f"DROP DATABASE {NAME} WITH (FORCE)"], check=True)
