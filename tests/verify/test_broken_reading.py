"""The judge is judged: what is broken on purpose is found and called by its name; what is not broken passes."""

import asyncio
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

import backsmith
from backsmith.design.model import Design
from backsmith.features import lower
from backsmith.project.environment import Environment
from backsmith.project.files import put
from backsmith.project.judged import ADMIN, judged
from backsmith.verify import Mailbox, Report, Target, verify

from .broken_reading import BROKEN, Break, broken

HERE = Path(__file__).parent
BACKENDS = ("stand", "teams")
PREPARED = Environment(python=Path(sys.executable))
"""The environment of these tests holds what every written project needs."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The projects, whole."""
    found = {name: tmp_path_factory.mktemp("written") / name for name in BACKENDS}
    for name, folder in found.items():
        put(backsmith.write(design(name, lowered=False)), folder)
    return found


def design(name: str, *, lowered: bool = True) -> Design:
    """The design of a blueprint that lies beside this module."""
    path = HERE / f"{name}.yaml"
    result = backsmith.read(path.read_bytes(), str(path))
    assert result.design is not None, result.diagnostics
    return lower(result.design) if lowered else result.design


def verdict(name: str, project: Path, only: Collection[str] = (), *, with_postgres: bool = False) -> Report:
    """Start the project, and judge it."""
    with judged(project, PREPARED, with_postgres=with_postgres) as server:
        target = Target(url=server.url, admin=ADMIN, mailbox=Mailbox(take=server.mail.take), secret=server.secret)
        return asyncio.run(verify(design(name), target, only=only))


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault.name)
def test_the_patches_fit(fault: Break, written: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(written[fault.backend], tmp_path / "project")
    broken(tmp_path / "project", fault)


@pytest.mark.judge
@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault.name)
def test_what_is_broken_is_named(fault: Break, written: dict[str, Path], tmp_path: Path) -> None:
    project = tmp_path / "stand"
    shutil.copytree(written[fault.backend], project)
    broken(project, fault)
    report = verdict(fault.backend, project, [fault.check], with_postgres=fault.postgres)
    assert fault.rule in {failure.rule for failure in report.failures}, report.failures


@pytest.mark.judge
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", BACKENDS)
def test_what_is_not_broken_passes(name: str, database: str, written: dict[str, Path]) -> None:
    report = verdict(name, written[name], with_postgres=database == "postgresql")
    # No test fails on time: on a busy machine one answer is slower than another.
    assert [failure for failure in report.failures if failure.rule != "enumeration-by-time"] == []
    assert sum(report.held.values()) > 1000
