"""The Pythons that written projects are tried on, each with one prepared environment that all of them share."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path

from backsmith.project.environment import Environment
from backsmith.project.failure import Failure, tail
from tests.cover.options import NEWEST, OLDEST

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "cover"
PINS = ROOT / "src" / "backsmith" / "writers" / "python" / "pins.txt"
NEWER = ("python3.14", "python3.13", "python3.12")
VERSION = re.compile(r"3\.(1[2-9])\.\d+")


def environments() -> dict[str, Environment]:
    """The environment of the Python that runs us, and of the newest on the machine: the same where there is none
    newer. It is made where it is not there yet, or where the pins have changed."""
    ours = Environment(python=Path(sys.executable))
    newest = newest_python()
    return {OLDEST: ours, NEWEST: ours if newest is None else prepared(newest)}


def newest_python() -> Path | None:
    """The newest Python that can make environments, on the path or among those of pyenv, if one is newer than ours."""
    for python in (*_on_the_path(), *_of_pyenv()):
        told = _told([str(python), "-c", "import sys, venv; print(sys.version_info[1])"])
        if told.isdigit():
            return python if int(told) > sys.version_info[1] else None
    return None


def prepared(python: Path) -> Environment:
    """An environment of this Python, with all that any written project needs."""
    folder = CACHE / f"python{version(python)}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)  # workers of a test run want it at the same time
        return _made(python, folder)


def _made(python: Path, folder: Path) -> Environment:
    made = Environment(python=folder / "bin" / "python")
    stamp, wanted = folder / "pins.stamp", hashlib.sha256(PINS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted and _told([str(made.python), "--version"]):
        return made
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([str(python), "-m", "venv", str(folder)], check=True)
    pip = [str(made.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    ended = subprocess.run([*pip, "-r", str(PINS)], capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise Failure("Installing failed.", "is the package index reachable?", tail(ended.stderr))
    stamp.write_text(wanted, "utf-8")
    return made


def version(python: Path) -> str:
    """`3.13.0`; nothing where it does not run."""
    return _told([str(python), "-c", "import platform; print(platform.python_version())"])


def _on_the_path() -> Iterator[Path]:
    yield from (Path(found) for found in map(shutil.which, NEWER) if found is not None)


def _of_pyenv() -> Iterator[Path]:
    if shutil.which("pyenv") is None:
        return
    names = [name for name in _told(["pyenv", "versions", "--bare"]).split() if VERSION.fullmatch(name)]
    root = Path(_told(["pyenv", "root"]))
    for name in sorted(names, key=lambda each: [int(number) for number in each.split(".")], reverse=True):
        yield root / "versions" / name / "bin" / "python3"


def _told(command: list[str]) -> str:
    """What a command prints; nothing where it fails."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ, timeout=60)
    except OSError:
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""
