"""Import order and line wraps by ruff, in one run over a whole tree."""

import re
import subprocess
import sys
import textwrap
import tomllib
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
        if _cut(root, python, tomllib.loads(texts["pyproject.toml"])["tool"]["ruff"]["line-length"]):
            _ruff(root, "format")
        return {**texts, **{path: (root / path).read_text("utf-8") for path in python}}


ALONE = re.compile(r'( +)((?:"\w+": |\w+=)?)"((?:[^"\\]|\\.)*)"(,?)')
"""A line with a string and nothing else: `ruff format` does not cut strings."""


DOCSTRING = re.compile(r'( *)"""(.*)"""')
"""A docstring of one line."""


def _cut(root: Path, paths: list[str], width: int) -> bool:
    """Cut strings and docstrings that are too long for a line at their spaces. Answers whether there were any."""
    changed = False
    for path in paths:
        place = root / path
        lines = place.read_text("utf-8").split("\n")
        cut = [piece for line in lines for piece in (_pieces(line, width) if len(line) > width else (line,))]
        if cut != lines:
            changed = True
            place.write_text("\n".join(cut), "utf-8")
    return changed


def _pieces(line: str, width: int) -> list[str]:
    if (doc := DOCSTRING.fullmatch(line)) is not None:
        return _doc_lines(doc[1], doc[2], width)
    found = ALONE.fullmatch(line)
    if found is None:
        return [line]
    indent, key, inner, comma = found.groups()
    room = width - len(indent) - 8
    pieces = [""]
    for word in re.findall(r"\S* ?", inner):
        if pieces[-1] and len(pieces[-1]) + len(word) > room:
            pieces.append("")
        pieces[-1] += word
    strings = [f'{indent}"{piece}"' for piece in pieces]
    if key:
        return [f"{indent}{key}(", *strings, f"{indent}){comma}"]
    strings[-1] += comma
    return strings


def _doc_lines(indent: str, text: str, width: int) -> list[str]:
    first, *others = textwrap.wrap(
        f'"""{text}', width - len(indent) - 3, break_long_words=False, break_on_hyphens=False
    )
    return [f"{indent}{line}" for line in (first, *others, '"""')]


def _ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"what was written is no Python: {done.stdout}{done.stderr}")
