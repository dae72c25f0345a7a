"""A server that is started to be judged: on a database that is thrown away, with mail and secrets of the judge."""

import asyncio
import secrets
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from backsmith.project.environment import Environment
from backsmith.project.failure import Failure, tail
from backsmith.project.processes import ended_with_us
from backsmith.project.services import postgres
from backsmith.project.up import HOST, free_port, known, project_name, wait_until_ready

ADMIN = ("judge@example.com", "a slow and wide river")
POLL = 0.05
"""Seconds between two looks into the mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The server: its address, the secret that it signs with, where its mail arrives, its process and its log."""

    url: str
    secret: str
    mail: "Mail"
    process: "subprocess.Popen[bytes]"
    log: Path
    database: str


class Mail:
    """An SMTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[str]] = defaultdict(list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - by aiosmtpd
        """Keep a message, by its recipients."""
        text = message_from_bytes(envelope.content, policy=default).get_content()
        for address in envelope.rcpt_tos:
            self.arrived[address].append(text)
        return "250 OK"

    async def take(self, address: str, seconds: float) -> str | None:
        """The oldest message to this address that was not taken yet; None where none comes within the seconds."""
        for _ in range(int(seconds / POLL)):
            if self.arrived[address]:
                return self.arrived[address].pop(0)
            await asyncio.sleep(POLL)
        return None


@contextmanager
def judged(
    project: Path, environment: Environment, *, with_postgres: bool = False, **settings: str
) -> Iterator[Judged]:
    """A server of the project that runs inside the block. settings: variables of its environment, beside its own.

    Raises Failure where it cannot be started.
    """
    name = project_name(project).replace("-", "_")
    with tempfile.TemporaryDirectory(prefix="judged-") as given:
        folder = Path(given)
        if with_postgres:
            with postgres(project, environment, name, folder / "postgres") as address:
                yield from _serving(project, environment, folder, address, settings)
        else:
            yield from _serving(project, environment, folder, f"sqlite:///{folder / name}.db", settings)


def _serving(
    project: Path, environment: Environment, folder: Path, database: str, settings: dict[str, str]
) -> Iterator[Judged]:
    mail, secret, port = Mail(), secrets.token_hex(32), free_port()
    controller = Controller(mail, hostname=HOST, port=free_port())
    url = f"http://{HOST}:{port}"
    variables = {
        "ENVIRONMENT": "test",
        "RATE_LIMIT": "off",
        "LOG_LEVEL": "warning",
        "DATABASE_URL": database,
        "HOST": HOST,
        "PORT": str(port),
        "PUBLIC_URL": url,
        "SECRET_KEY": secret,
        "ADMIN_EMAIL": ADMIN[0],
        "ADMIN_PASSWORD": ADMIN[1],
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(controller.port),
        "SMTP_TLS": "off",
        **settings,
    }
    log = folder / "server.log"
    controller.start()  # at once: until then its port is anybody's
    try:
        outcome = environment.run(project, *known(project).migrate, **variables)
        if not outcome.good:
            raise Failure("The database could not be migrated.", "see what it says", tail(outcome.output))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(environment.python), *known(project).serve],
                cwd=project,
                env=environment.variables(**variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with ended_with_us(process):
            wait_until_ready(process, port)
            yield Judged(url=url, secret=secret, mail=mail, process=process, log=log, database=database)
    finally:
        controller.stop()
