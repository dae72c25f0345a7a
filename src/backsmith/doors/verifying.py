"""The command that judges a server."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import typer

from backsmith.doors.console import console
from backsmith.doors.exits import Exit
from backsmith.doors.reading import read
from backsmith.doors.verdict import Steps, tell_report
from backsmith.features import lower
from backsmith.project import environment as environments
from backsmith.project.failure import Failure, Refused
from backsmith.project.judged import ADMIN, judged
from backsmith.verify import CHECKS, verify
from backsmith.verify.court import Mailbox, Target
from backsmith.verify.model import Report
from backsmith.verify.reports import html, json, junit

PASSWORD = "BACKSMITH_ADMIN_PASSWORD"
STDOUT = Path("-")
REACHED = 10.0
"""Seconds in which a server has to answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which server is judged: that of a URL, as an admin whose password is asked for, or the project's own."""

    url: str | None
    admin: str | None
    project: Path
    postgres: bool
    python: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where the verdict goes, beside the terminal. `-` for JSON is the standard output."""

    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None

    def write(self, report: Report) -> None:
        """Write every report that was asked for. Raises Refused where a file cannot be written."""
        formats: tuple[tuple[Path | None, Callable[[Report], str]], ...] = (
            (self.json, json),
            (self.junit, junit),
            (self.html, html),
        )
        for path, text in formats:
            if path == STDOUT:
                typer.echo(text(report), nl=False)
            elif path is not None:
                try:
                    path.write_text(text(report), encoding="utf-8", errors="backslashreplace")
                except OSError as error:
                    raise Refused(f"{path} cannot be written.", error.strerror or "choose another") from error


def run(server: Server, blueprint: Path | None, *, only: list[str], seed: int, files: Files) -> Exit:
    """Judge, and tell the verdict."""
    out = console(stderr=files.json == STDOUT)
    unknown = sorted(set(only) - CHECKS.keys())
    if unknown:
        raise Refused(f"There is no check {', '.join(unknown)}.", f"there are {', '.join(CHECKS)}")
    reading = read(blueprint or server.project / "backend.yaml")
    if reading.writable is None:
        reading.tell(console(stderr=True))
        return Exit.MISTAKES
    design = lower(reading.writable)
    with _target(server) as target, Steps(out, [name for name in CHECKS if not only or name in only]) as steps:
        report = asyncio.run(verify(design, target, only=only, seed=seed, tell=steps.tell))
    tell_report(report, out)
    files.write(report)
    return Exit.DONE if report.good else Exit.CONTRACT


@contextmanager
def _target(server: Server) -> Iterator[Target]:
    if server.url is not None:
        admin = _admin(server)
        _reach(server.url)
        yield Target(url=server.url.rstrip("/"), admin=admin)
        return
    environment = environments.prepared(server.python) or environments.existing(server.project)
    if environment is None:
        raise Refused("The project has no environment.", "make it: backsmith up, or name one: --python PATH")
    with judged(server.project, environment, with_postgres=server.postgres) as started:
        mailbox = Mailbox(take=started.mail.take)
        yield Target(url=started.url, admin=ADMIN, mailbox=mailbox, secret=started.secret)


def _reach(url: str) -> None:
    """Raises Refused for what is no address, and Failure where nobody answers there."""
    if not url.startswith(("http://", "https://")):
        raise Refused(f"{url} is no address of a server.", "write it as http://127.0.0.1:8000")
    try:
        with urlopen(url, timeout=REACHED):
            return
    except HTTPError:  # an answer
        return
    except OSError as error:
        raise Failure(f"Nobody answers at {url}.", "start the server, or look at the address", str(error)) from error


def _admin(server: Server) -> tuple[str, str]:
    """Address and password of an admin. Raises Refused where none is named: strangers see too little to judge by."""
    if server.admin is None:
        raise Refused("Nobody is named to ask as.", "name an admin of this server: --admin EMAIL")
    given = os.environ.get(PASSWORD)
    return server.admin, given or typer.prompt(f"Password of {server.admin}", hide_input=True, err=True)
