"""Mutations do not rot: each finds its text, once, in what is written today."""

from pathlib import Path

import pytest

from tests.proof.mutation import Mutation
from tests.proof.run import MUTATIONS, ROOT, Project, known, place_of, table, written


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[Project, Path]:
    return written(MUTATIONS, tmp_path_factory.mktemp("proof"))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: f"{each.framework} {each.kind}: {each.says}")
def test_its_text_is_there_once(mutation: Mutation, projects: dict[Project, Path]) -> None:
    project = projects[mutation.framework, mutation.project]
    path = place_of(mutation, project)
    for name in mutation.first:
        assert (project / "tests" / f"test_{name}.py").exists()
    assert path.suffix == ".py"


def test_the_page_is_about_these() -> None:
    """Which test kills it may differ from time to time; what was tried does not."""
    page = (ROOT / "docs" / "proof.md").read_text("utf-8")
    assert table(known(page)) == page
