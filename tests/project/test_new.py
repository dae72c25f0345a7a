"""A new project from a small tree with a gate of its own: what is made, kept and left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backsmith.project import evidence
from backsmith.project.failure import Failure
from backsmith.project.new import Plan, new, with_blueprint
from backsmith.project.watch import Nobody
from backsmith.writers.tree import FileTree, file, tree

CHECK = """\
#!/bin/bash
case ${{1:-}} in
    --list) printf 'lint\\truff check .\\ntests\\tpytest\\n' ;;
    lint) echo "All checks passed!" ;;
    tests) echo "7 passed in 0.1s"; exit {exit} ;;
esac
"""

PREPARED = Plan(python=Path(sys.executable))


def small(exit: int = 0) -> FileTree:
    return tree(
        {
            ".gitignore": file(".env\n"),
            "README.md": file("# small\n"),
            "bin/check": file(CHECK.format(exit=exit), executable=True),
        }
    )


def test_a_project_is_written_proven_and_committed(tmp_path: Path) -> None:
    target = tmp_path / "small"
    proof = new(target, with_blueprint(small(), b"backend: small\n"), "0.1.0", PREPARED, Nobody())
    assert proof is not None
    assert proof.evidence.good
    assert (target / "backend.yaml").read_text() == "backend: small\n"
    kept = evidence.from_json((target / evidence.PATH).read_text())
    assert [(step.name, step.exit, dict(step.counts)) for step in kept.steps] == [
        ("lint", 0, {}),
        ("tests", 0, {"passed": 7}),
    ]
    assert kept.versions["python"].startswith("3.")
    log = subprocess.run(["git", "log", "--oneline"], cwd=target, capture_output=True, text=True, check=True).stdout
    assert len(log.splitlines()) == 1
    files = subprocess.run(["git", "ls-files"], cwd=target, capture_output=True, text=True, check=True).stdout.split()
    kept_too = {".backsmith/evidence.json", ".backsmith/base.json.gz"}
    assert set(files) == {".gitignore", "README.md", "backend.yaml", "bin/check", *kept_too}


def test_the_secret_of_a_project_is_its_own(tmp_path: Path) -> None:
    secrets = set()
    for name in ("a", "b"):
        new(tmp_path / name, small(), "0.1.0", Plan(git=False, install=False), Nobody())
        place = tmp_path / name / ".env"
        assert place.stat().st_mode & 0o077 == 0
        secrets.add(place.read_text())
    assert len(secrets) == 2


def test_a_project_that_does_not_pass_stays_with_its_evidence(tmp_path: Path) -> None:
    proof = new(tmp_path / "small", small(exit=1), "0.1.0", PREPARED, Nobody())
    assert proof is not None
    assert not proof.evidence.good
    assert list(proof.outputs) == ["tests"]
    assert json.loads((tmp_path / "small" / evidence.PATH).read_text())["good"] is False


def test_an_environment_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    # There is no requirements-dev.txt in this tree, so that installing fails.
    with pytest.raises(Failure, match="Installing failed") as raised:
        new(tmp_path / "small", small(), "0.1.0", Plan(), Nobody())
    assert "--no-install" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_python_that_does_not_run_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is no Python that runs"):
        new(tmp_path / "small", small(), "0.1.0", Plan(python=tmp_path / "python"), Nobody())
    assert list(tmp_path.iterdir()) == []


def test_a_gate_that_lists_nothing_is_told(tmp_path: Path) -> None:
    silent = tree({"bin/check": file("#!/bin/sh\n", executable=True)})
    with pytest.raises(Failure, match="does not list its steps"):
        new(tmp_path / "small", silent, "0.1.0", PREPARED, Nobody())
    assert list(tmp_path.iterdir()) == []


PROGRAM = """
import sys
from pathlib import Path
from backsmith.project.new import Plan, new
from backsmith.project.watch import Nobody
from backsmith.writers.tree import file, tree

check = "#!/bin/bash\\nif [ $1 = --list ]; then printf 'slow\\\\tsleep\\\\n'; else touch ../running; sleep 60; fi\\n"
files = tree({"bin/check": file(check, executable=True)})
new(Path(sys.argv[1]) / "small", files, "0.1.0", Plan(python=Path(sys.executable)), Nobody())
"""


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "src"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(source)},
        stderr=subprocess.DEVNULL,
        # What runs in the background of a shell, as these tests may, begins deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 20
    while not (tmp_path / "running").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert (tmp_path / "small").exists()
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert [path.name for path in tmp_path.iterdir()] == ["running"]
