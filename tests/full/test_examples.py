"""Every example, written into a project that passes its gate: on SQLite, PostgreSQL, and the newest Python."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import backsmith
from backsmith.design.model import Framework
from backsmith.project.environment import Environment
from backsmith.project.files import put
from backsmith.project.gate import Proof, Written, prove
from backsmith.project.services import postgres
from backsmith.project.watch import Nobody
from tests.cover.options import NEWEST
from tests.cover.pythons import environments

ROOT = Path(__file__).parents[2]
EXAMPLES = [*sorted((ROOT / "examples").glob("*.yaml")), Path(__file__).with_name("names.yaml")]

PREPARED = Environment(python=Path(sys.executable))
"""The environment of these tests holds what every written project needs."""

QUICK = ("notes", "shop")
"""The examples that are gated on Django in the full ring; the others in that of the judge, which may take longer."""

GATES = [
    pytest.param(
        example,
        framework,
        id=f"{example.stem}-{framework}",
        marks=pytest.mark.full if framework is Framework.FASTAPI or example.stem in QUICK else pytest.mark.judge,
    )
    for example in EXAMPLES
    for framework in Framework
]

STEPS = ["lint", "format", "types", "migrations", "openapi", "tests"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    """The address of an empty PostgreSQL, or None: SQLite."""
    if request.param == "sqlite":
        yield None
    else:
        with postgres(tmp_path, PREPARED, "gate", tmp_path / "postgres") as address:
            yield address


@pytest.mark.parametrize(("example", "framework"), GATES)
def test_the_written_project_passes_its_gate(
    example: Path, framework: Framework, database: str | None, tmp_path: Path
) -> None:
    assert_green(example, framework, PREPARED, database, tmp_path)


@pytest.mark.judge
@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_does_so_on_the_newest_python(example: Path, framework: Framework, tmp_path: Path) -> None:
    newest = environments()[NEWEST]
    with postgres(tmp_path, newest, "gate", tmp_path / "postgres") as address:
        assert_green(example, framework, newest, address, tmp_path)


def assert_green(
    example: Path, framework: Framework, environment: Environment, database: str | None, folder: Path
) -> None:
    result = backsmith.read(example.read_bytes(), str(example))
    assert result.design is not None, result.diagnostics
    tree = backsmith.write(replace(result.design, framework=framework))
    put(tree, folder / "project")
    written = Written(backsmith=backsmith.__version__, tree=tree.hash, files=len(tree))
    proof = prove(folder / "project", environment, written, Nobody(), database)
    assert proof.evidence.good, told(proof)
    assert [step.name for step in proof.evidence.steps] == STEPS
    counted = proof.evidence.steps[-1].counts
    assert counted["passed"] > 20
    assert counted["coverage"] >= 90
    assert counted.get("skipped", 0) == 0


def told(proof: Proof) -> str:
    """What the failed steps printed."""
    return "\n".join(f"== {name}\n{output[-6000:]}" for name, output in proof.outputs.items())


def backsmith_in(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command where no environment is prepared."""
    variables = {name: value for name, value in os.environ.items() if name != "BACKSMITH_PYTHON"}
    return subprocess.run(
        [sys.executable, "-m", "backsmith", *arguments],
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


@pytest.mark.full
@pytest.mark.parametrize("framework", Framework)
def test_new_installs_proves_and_commits(framework: Framework, tmp_path: Path) -> None:
    """The whole command, with an environment of the project's own; then its server is judged."""
    blueprint = str(ROOT / "examples" / "notes.yaml")
    ended = backsmith_in(tmp_path, "new", "notes", "--from", blueprint, "--framework", framework)
    assert ended.returncode == 0, ended.stderr
    for step in ("installing", *STEPS):
        assert step in ended.stderr
    project = tmp_path / "notes"
    assert (project / ".venv" / "bin" / "python").exists()
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=project, capture_output=True, text=True, check=True)
    assert changed.stdout == ""
    judged = backsmith_in(project, "verify")
    assert judged.returncode == 0, judged.stdout + judged.stderr
