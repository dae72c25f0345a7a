"""Putting a tree of files on disk: all of it, or nothing."""

import os
import shutil
import tempfile
from pathlib import Path

from backsmith.project.failure import Failure, Refused
from backsmith.writers.tree import FileTree

RUNNABLE, PLAIN = 0o755, 0o644


def put(tree: FileTree, target: Path) -> None:
    """Make the folder `target` with these files: written beside it under another name, then renamed.

    Raises Failure where something of this name is there already, or where it cannot be written.
    """
    refuse_existing(target)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise Failure(f"{target.parent} cannot be written to: {error.strerror}.", "choose another folder") from error
    try:
        _write(tree, draft)
        refuse_existing(target)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def refuse_existing(target: Path) -> None:
    """Raises Refused where there is something of this name, or no folder to put it in. Nothing is ever overwritten."""
    if os.path.lexists(target):
        raise Refused(f"{target} is there already.", "choose another name, or move it away; nothing is overwritten")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.", f"make it first: mkdir -p {target.parent}")


def _write(tree: FileTree, folder: Path) -> None:
    folder.chmod(0o777 & ~_umask())
    for path, file in tree.files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
        place.chmod((RUNNABLE if file.executable else PLAIN) & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
