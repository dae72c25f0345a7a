"""Disks that are full, for real: a file system of a few megabytes, or a limit to what a process may write."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 2**20

MAY_MOUNT = os.geteuid() == 0
"""Only root can mount a file system. Everybody can limit the files of a process."""


@contextmanager
def small_file_system(folder: Path, megabytes: int) -> Iterator[Callable[[int], None]]:
    """A file system of its own at the folder. What is given makes it so many megabytes large."""
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder))
    try:
        yield lambda larger: _mount("-o", f"remount,size={larger}m", str(folder))
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # lazy: a database may still be at its end


def limit_files(pid: int, megabytes: int | None) -> None:
    """Let no file of a process grow larger; None: as large as they like. Writing more fails as on a full disk."""
    size = resource.RLIM_INFINITY if megabytes is None else megabytes * MEGABYTE
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
