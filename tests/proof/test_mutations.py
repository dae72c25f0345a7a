"""Mutations do not rot: each finds its text, once, in what is written today."""

from pathlib import Path

import pytest

from tests.proof.mutations import MUTATIONS, Mutation
from tests.proof.run import ROOT, known, place_of, table, write


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("proof")
    return {name: write(name, folder) for name in sorted({each.project for each in MUTATIONS})}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: f"{each.kind}: {each.says}")
def test_its_text_is_there_once(mutation: Mutation, projects: dict[str, Path]) -> None:
    path = place_of(mutation, projects[mutation.project])
    for name in mutation.first:
        assert (projects[mutation.project] / "tests" / f"test_{name}.py").exists()
    assert path.suffix == ".py"


def test_the_page_is_about_these() -> None:
    """Which test kills it may differ from time to time; what was tried does not."""
    page = (ROOT / "docs" / "proof.md").read_text("utf-8")
    assert table(known(page)) == page
