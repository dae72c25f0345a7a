"""Where tests keep their files."""

import shutil
import tempfile
from pathlib import Path

import pytest

OURS = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A folder of this run alone. Each pytest that starts closes the usual one to other users, also one that tests a
    written project. Where we are root, PostgreSQL is another user: it would be shut out while it starts."""
    if config.option.basetemp is None:
        config.stash[OURS] = Path(tempfile.mkdtemp(prefix="backsmith-tests-"))
        config.option.basetemp = str(config.stash[OURS] / "pytest")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What passed leaves nothing behind; of what failed the files can be looked at."""
    ours = session.config.stash.get(OURS, None)
    if ours and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(ours, ignore_errors=True)
