"""Serving a written project: migrated, answering, and gone after Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import backsmith
from backsmith.design.model import Framework
from backsmith.project.files import put

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=Framework)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The written notes, without an environment of their own."""
    result = backsmith.read((ROOT / "examples" / "notes.yaml").read_bytes())
    assert result.design is not None
    target = tmp_path_factory.mktemp("up") / "notes"
    put(backsmith.write(replace(result.design, framework=request.param)), target)
    return target


@contextmanager
def serving(project: Path, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The address, while `backsmith up` runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backsmith", "up", "--port", "0", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "BACKSMITH_PYTHON": sys.executable, "DATABASE_URL": ""},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=_hears_ctrl_c,
    )
    assert process.stderr is not None
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"serves on (http://127\.0\.0\.1:\d+)", line):
                yield found.group(1), process
                return
        raise AssertionError("".join(said))
    finally:
        process.terminate()
        process.wait(60)
        process.stderr.close()


def _hears_ctrl_c() -> None:
    """What runs in the background of a shell, as these tests may, begins deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answer(address: str) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(address, timeout=10) as found:
            return found.status, json.loads(found.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize("arguments", [[], ["--postgres"]], ids=["sqlite", "postgresql"])
def test_up_serves_until_ctrl_c(project: Path, arguments: list[str]) -> None:
    with serving(project, *arguments) as (address, process):
        assert answer(f"{address}/health/ready")[0] == 200
        assert answer(f"{address}/openapi.json")[0] == 200
        status, problem = answer(f"{address}/api/v1/notes")
        assert status == 401
        assert isinstance(problem, dict)
        assert problem["title"] == "Unauthorized"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert _left_of(project) == []


def test_sigterm_ends_it_too(project: Path) -> None:
    with serving(project) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
    assert _left_of(project) == []


def test_a_port_in_use_is_told(project: Path) -> None:
    with serving(project) as (address, _):
        port = address.rpartition(":")[2]
        ended = subprocess.run(
            [sys.executable, "-m", "backsmith", "up", "--port", port],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "BACKSMITH_PYTHON": sys.executable},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 3
    assert f"Port {port} is in use" in ended.stderr
    assert "--port" in ended.stderr


def _left_of(project: Path) -> list[str]:
    """The processes that still run for the project after a moment: its folder stands in their command."""
    for _ in range(100):
        listed = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout
        left = [line for line in listed.splitlines() if str(project) in line]
        if not left:
            break
        time.sleep(0.1)
    return left
