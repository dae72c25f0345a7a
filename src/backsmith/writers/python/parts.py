"""Files that projects have as they are: some of every framework, others of one."""

import re
from collections.abc import Collection
from pathlib import Path

SHARED = Path(__file__).parent / "parts"
"""Those of every framework. What they call `core` is a package of the project."""
LEFT_OUT = frozenset({"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"})
CORE = re.compile(r"^from core\b", re.MULTILINE)


def part_files(own: Path, app: str, absent: Collection[str] = ()) -> dict[str, str]:
    """The files of a project, by path: those in a folder, and those of every framework. `absent`: files and folders."""
    shared = {path: CORE.sub(f"from {app}.core", text) for path, text in _files(SHARED).items()}
    found = {re.sub(r"^core/", f"{app}/core/", path): text for path, text in shared.items()} | _files(own)
    return {path: text for path, text in sorted(found.items()) if not _is_in(path, absent)}


def _files(folder: Path) -> dict[str, str]:
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix(): (folder / path).read_text("utf-8") for path in files if not LEFT_OUT & set(path.parts)}


def _is_in(path: str, absent: Collection[str]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in absent)
