"""The project that is served, as it was written and made worse, and its databases."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import backsmith
from backsmith.project.files import put

from .served import Postgres, postgresql
from .worsened import worsen

BLUEPRINT = Path(__file__).with_name("stock.yaml")
MakeProject = Callable[..., Path]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the blueprint, which nobody changes."""
    reading = backsmith.read(BLUEPRINT.read_text("utf-8"))
    assert reading.design is not None, reading.diagnostics
    folder = tmp_path_factory.mktemp("faults") / "stock"
    put(backsmith.write(reading.design), folder)
    return folder


@pytest.fixture
def project(written: Path, tmp_path: Path) -> MakeProject:
    """`project()` is a copy of the written project, `project("name of a row")` one that is made worse."""

    def make(*rows: str) -> Path:
        folder = tmp_path / "stock"
        shutil.copytree(written, folder)
        for name in rows:
            worsen(folder, name)
        return folder

    return make


@pytest.fixture
def database() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own."""
    with postgresql() as server:
        yield server
