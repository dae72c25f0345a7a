"""Running other programs so that none of them outlives us."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

PATIENCE = 10.0
"""Seconds that a program is given to end by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended, and all that it printed."""

    exit: int
    seconds: float
    output: str

    @property
    def good(self) -> bool:
        return self.exit == 0


def run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Outcome:
    """Run a command to its end. Whatever interrupts us ends the command, and all that it started, first."""
    begun = perf_counter()
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Outcome(exit=127, seconds=perf_counter() - begun, output=f"{command[0]}: {error.strerror}")
    with ended_with_us(process):
        output, _ = process.communicate()
    return Outcome(exit=process.returncode, seconds=perf_counter() - begun, output=output.decode(errors="replace"))


@contextmanager
def ended_with_us(process: "subprocess.Popen[bytes]", patience: float = PATIENCE) -> Iterator[None]:
    """However the block is left, the process and its session have ended after it."""
    try:
        yield
    finally:
        end(process, patience)


def end(process: "subprocess.Popen[bytes]", patience: float) -> None:
    """End the session of a process: politely, then surely."""
    if process.poll() is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
