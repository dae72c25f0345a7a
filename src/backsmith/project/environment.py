"""The Python environment of a project: made inside it, or one that is prepared already."""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backsmith.project.failure import Failure, tail
from backsmith.project.processes import Outcome, run
from backsmith.project.watch import Watch

PREPARED = "BACKSMITH_PYTHON"
"""The variable that names the Python of a prepared environment, which several projects may share. Nothing is installed
into it."""

REQUIREMENTS = "requirements-dev.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment by its interpreter."""

    python: Path

    def variables(self, **more: str) -> dict[str, str]:
        """The variables of a process that runs in it: its programs come first."""
        folder = self.python.parent
        path = os.pathsep.join((str(folder), os.environ.get("PATH", os.defpath)))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return {**inherited, "PATH": path, "VIRTUAL_ENV": str(folder.parent), "PYTHONUNBUFFERED": "1", **more}

    def run(self, project: Path, *arguments: str, **more: str) -> Outcome:
        """Run `python ARGUMENTS` in a project."""
        return run([str(self.python), *arguments], project, self.variables(**more))


def prepared(given: Path | None = None) -> Environment | None:
    """The environment that an option or the variable names, if one does. Raises Failure where it cannot be used."""
    named = given or (Path(os.environ[PREPARED]) if os.environ.get(PREPARED) else None)
    if named is None:
        return None
    python = Path(os.path.abspath(named))  # noqa: PTH100 - resolving would follow the link out of the environment
    if not run([str(python), "--version"], Path.cwd(), os.environ).good:
        raise Failure(
            f"{named} is no Python that runs.", f"name the interpreter of an environment, or unset {PREPARED}"
        )
    return Environment(python=python)


def existing(project: Path) -> Environment | None:
    """The environment inside the project, if it has one that runs."""
    python = project / ".venv" / "bin" / "python"
    if not python.exists() or not run([str(python), "--version"], project, os.environ).good:
        return None
    return Environment(python=python)


def install(project: Path, watch: Watch) -> Environment:
    """Make the project's own environment, with what its requirements pin. Raises Failure where that does not work."""
    made = Environment(python=project / ".venv" / "bin" / "python")
    step = "installing"
    watch.begins(step)
    seconds = 0.0
    for command in _commands(project, made):
        outcome = run(command, project, made.variables())
        seconds += outcome.seconds
        if not outcome.good:
            watch.ends(step, seconds, good=False)
            raise _failure(command, outcome)
    watch.ends(step, seconds, good=True)
    return made


def write_secrets(project: Path) -> None:
    """Give a new project secrets of its own, in `.env`, which is never committed."""
    place = project / ".env"
    place.write_text(
        f"ENVIRONMENT=development\nSECRET_KEY={secrets.token_hex(32)}\nPOSTGRES_PASSWORD={secrets.token_hex(16)}\n"
    )
    place.chmod(0o600)


def versions(project: Path, environment: Environment, names: tuple[str, ...]) -> Mapping[str, str]:
    """The versions of these packages in the environment, and of Python itself."""
    program = (
        "import importlib.metadata as m, json, platform, sys\n"
        "have = {d.name.lower(): d.version for d in m.distributions()}\n"
        "print(json.dumps({'python': platform.python_version()} | {n: have[n] for n in sys.argv[1:] if n in have}))"
    )
    outcome = environment.run(project, "-c", program, *names)
    return dict(json.loads(outcome.output.splitlines()[-1])) if outcome.good else {}


def _commands(project: Path, made: Environment) -> tuple[list[str], ...]:
    uv, folder, pins = shutil.which("uv"), str(project / ".venv"), str(project / REQUIREMENTS)
    if uv is not None:
        return (
            [uv, "venv", "--quiet", "--python", sys.executable, folder],
            [uv, "pip", "install", "--quiet", "--python", str(made.python), "--require-hashes", "-r", pins],
        )
    return (
        [sys.executable, "-m", "venv", folder],
        [str(made.python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins],
    )


def _failure(command: list[str], outcome: Outcome) -> Failure:
    if "ensurepip" in outcome.output:
        hint = "this Python cannot make environments: install its venv package (python3-venv on Debian), or uv"
    else:
        hint = "is the package index reachable? Then try again; --no-install writes the project without installing"
    return Failure(f"Installing failed: {' '.join(command[:4])} ...", hint, tail(outcome.output))
