"""Import order and line wraps by ruff, in one run over a whole tree."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


def formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """The same files, the Python ones sorted and formatted by the settings of their own `pyproject.toml`."""
    python = [path for path in texts if path.endswith(".py")]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for path in ("pyproject.toml", *python):
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(texts[path], "utf-8")
        _ruff(root, "check", "--select", "I", "--fix", "--quiet", "--exit-zero")
        _ruff(root, "format")
        return {**texts, **{path: (root / path).read_text("utf-8") for path in python}}


def _ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"what was written is no Python: {done.stdout}{done.stderr}")
