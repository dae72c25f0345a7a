"""Where everything is: all that measuring makes stands in one folder that git ignores."""

import os
import sys
from pathlib import Path

BENCH = Path(__file__).parent
ROOT = BENCH.parent
WORK = ROOT / ".cache" / "bench"
SHOP, DJANGO_SHOP = WORK / "shop", WORK / "shop-django"
"""The written projects."""

PYTHON = Path(sys.executable)
HOST, PORT, DATABASE_PORT = "127.0.0.1", 8765, 55433

cores = sorted(os.sched_getaffinity(0))
SERVER_CORE, OTHER_CORE = cores[0], cores[-1]
"""The server that is measured has a core of its own; its database and whoever asks share another."""


def pinned(core: int, *command: str | Path) -> list[str]:
    """A command that runs on one core."""
    return ["taskset", "-c", str(core), *map(str, command)]


preference = 0
"""What is measured may be preferred to what else runs on the machine: -20 to 19, as `nice` counts."""


def prefer(process: int) -> None:
    """Linux shares its time between sessions, so that `nice` by itself does nothing."""
    if preference and os.geteuid() == 0:
        Path(f"/proc/{process}/autogroup").write_text(str(preference))
