"""Serving a written project on this machine: its database brought to the newest migration, then its server."""

import os
import signal
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backsmith.project import environment as environments
from backsmith.project.commands import Commands, commands_of
from backsmith.project.environment import Environment
from backsmith.project.failure import Failure, Refused, tail
from backsmith.project.processes import PATIENCE, ended_with_us
from backsmith.project.services import postgres
from backsmith.project.watch import Watch

HOST = "127.0.0.1"
STARTING = 60.0
"""Seconds that the server is given until it answers."""

DRAINING = 30.0
"""Seconds that it is given to finish what is in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is served, where, on which database (its address without a password)."""

    name: str
    address: str
    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a project is served. `port` 0 takes a free one; `python`: the interpreter of a prepared environment."""

    port: int = 8000
    postgres: bool = False
    python: Path | None = None


def up(project: Path, options: Options, watch: Watch, ready: Callable[[Serving], None]) -> int:
    """Migrate and serve until the server ends or is interrupted; everything that was started has ended then.

    Gives the server's exit code, 0 after an interruption. Raises Failure.
    """
    name = project_name(project)
    port = free_port() if options.port == 0 else options.port
    _refuse_taken(port)
    environment = _environment(project, options.python, watch)
    with _database(project, environment, name, options.postgres) as database:
        settings = {"DATABASE_URL": database} if database else {}
        _migrate(project, environment, settings, watch)
        shown = _shown(database or os.environ.get("DATABASE_URL") or f"sqlite:///./{name}.db")
        serving = Serving(name=name, address=f"http://{HOST}:{port}", database=shown)
        return _serve(project, environment, {**settings, "HOST": HOST, "PORT": str(port)}, lambda: ready(serving), port)


def project_name(project: Path) -> str:
    """The name in the project's `pyproject.toml`. Raises Refused where this is no written project."""
    try:
        document = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
        name = document["project"]["name"]
    except (OSError, tomllib.TOMLDecodeError, KeyError):
        name = None
    if not isinstance(name, str) or commands_of(project) is None:
        raise _refused(project)
    return name


def known(project: Path) -> Commands:
    """What the project is told. Raises Refused where this is no written project."""
    if (found := commands_of(project)) is None:
        raise _refused(project)
    return found


def _refused(project: Path) -> Refused:
    return Refused(f"{project} is no project that backsmith wrote.", "go into one, or make one: backsmith new shop")


def _environment(project: Path, python: Path | None, watch: Watch) -> Environment:
    found = environments.prepared(python) or environments.existing(project)
    return found or environments.install(project, watch)


@contextmanager
def _database(project: Path, environment: Environment, name: str, wanted: bool) -> Iterator[str | None]:
    """The PostgreSQL that is wanted: that of DATABASE_URL, else an embedded one. None where the project's settings
    decide."""
    given = os.environ.get("DATABASE_URL", "")
    if not wanted:
        yield None
    elif given.startswith("postgres"):
        yield given
    else:
        with postgres(project, environment, name.replace("-", "_")) as address:
            yield address


def _migrate(project: Path, environment: Environment, settings: dict[str, str], watch: Watch) -> None:
    watch.begins("migrating")
    outcome = environment.run(project, *known(project).migrate, **settings)
    watch.ends("migrating", outcome.seconds, good=outcome.good)
    if not outcome.good:
        hint = "see what it says; bin/check migrations tries them on an empty database"
        raise Failure("The database could not be migrated.", hint, tail(outcome.output))


def _serve(
    project: Path, environment: Environment, settings: dict[str, str], ready: Callable[[], None], port: int
) -> int:
    process = subprocess.Popen(
        [str(environment.python), *known(project).serve],
        cwd=project,
        env=environment.variables(**settings),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    with ended_with_us(process, DRAINING):
        try:
            wait_until_ready(process, port)
            ready()
            return _ended(process)
        except KeyboardInterrupt:
            return _interrupted(process)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    """The exit code, asked for again and again: a signal that comes just before a wait begins would not end it."""
    while (code := process.poll()) is None:
        time.sleep(0.1)
    return code


def _interrupted(process: "subprocess.Popen[bytes]") -> int:
    """Ctrl-C goes on to the server, which ends at once; a second one does not wait for it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
    return 0


def wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Until the server answers. Raises Failure where it ends or takes too long."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Failure("The server did not start.", "see what it says above")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise Failure(f"The server did not answer within {STARTING:.0f} s.", "see what it says above")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Failure(f"Port {port} is in use.", f"choose another one: --port {port % 65535 + 1}") from error


def _shown(address: str) -> str:
    """The address of a database without the password in it."""
    scheme, separator, rest = address.partition("://")
    account, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{account.partition(':')[0]}{at}{place}"
