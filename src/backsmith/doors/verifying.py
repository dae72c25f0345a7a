"""The command that judges a server."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from backsmith.doors.console import console
from backsmith.doors.exits import Exit
from backsmith.doors.reading import read
from backsmith.features import lower
from backsmith.project import environment as environments
from backsmith.project.failure import Refused
from backsmith.project.judged import ADMIN, judged
from backsmith.verify import verify
from backsmith.verify.court import Mailbox, Target
from backsmith.verify.model import Report


def run(
    url: str | None,
    blueprint: Path | None,
    project: Path,
    *,
    only: list[str],
    seed: int,
    postgres: bool,
    python: Path | None,
) -> Exit:
    """Judge, and tell the verdict."""
    out = console()
    reading = read(blueprint or project / "backend.yaml")
    if reading.writable is None:
        reading.tell(console(stderr=True))
        return Exit.MISTAKES
    design = lower(reading.writable)
    with _target(url, project, postgres=postgres, python=python) as target:
        report = asyncio.run(verify(design, target, only=only, seed=seed, tell=lambda name: out.print(f"{name} ...")))
    _tell(report, out)
    return Exit.DONE if report.good else Exit.GATE


def _tell(report: Report, out: Console) -> None:
    for failure in report.failures:
        out.print(f"FAILED {failure.rule}: {failure.about}: {failure.message}")
        for exchange in failure.exchanges:
            out.print(f"    {exchange.curl(report.target)}")
            if exchange.answer is not None:
                out.print(f"    {exchange.answer.status} {exchange.answer.body[:300]!r}")
    for each in report.untested:
        out.print(f"untested {each.rule}: {each.about}: {each.reason}")
    held = sum(report.held.values())
    out.print(f"{held} held, {len(report.failures)} failed, {report.requests} requests, {report.seconds:.1f} s")


@contextmanager
def _target(url: str | None, project: Path, *, postgres: bool, python: Path | None) -> Iterator[Target]:
    if url is not None:
        yield Target(url=url, admin=None)
        return
    environment = environments.prepared(python) or environments.existing(project)
    if environment is None:
        raise Refused("The project has no environment.", "make it: backsmith up, or name one: --python PATH")
    with judged(project, environment, with_postgres=postgres) as server:
        yield Target(url=server.url, admin=ADMIN, mailbox=Mailbox(take=server.mail.take), secret=server.secret)
