"""The command line, as people meet it: what it prints where, and how it ends."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
MISTAKEN = "backend: b\nentities:\n  Note:\n    fields:\n      title: srt(80)\n      done: booll\n"


def backsmith(*arguments: str, folder: Path = ROOT, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with this Python, outside of any terminal."""
    return subprocess.run(
        [sys.executable, "-m", "backsmith", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_help_answers_at_once() -> None:
    times = []
    for _ in range(5):
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = backsmith("--help")
        done = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(done.ru_utime + done.ru_stime - begun.ru_utime - begun.ru_stime)
        assert ended.returncode == 0
    for command in ("new", "up", "verify", "explain", "validate", "schema", "design"):
        assert f"  {command} " in ended.stdout
    assert "Exit codes" in ended.stdout
    # Seconds of the processor, 0.15 on the machine where this was written: waiting for others does not count.
    assert min(times) < 0.3


def test_help_imports_nothing_heavy() -> None:
    program = "import sys, backsmith.doors.cli; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = ended.stdout.split()
    assert not {"rich", "jinja2", "ruamel.yaml", "backsmith.readers", "backsmith.writers"} & set(loaded)


@pytest.mark.parametrize("command", ["new", "up", "verify", "explain", "validate", "schema", "design"])
def test_every_command_explains_itself(command: str) -> None:
    ended = backsmith(command, "--help")
    assert ended.returncode == 0
    assert "Usage:" in ended.stdout


def test_version() -> None:
    ended = backsmith("--version")
    assert (ended.returncode, ended.stdout) == (0, "backsmith 0.1.0\n")


@pytest.mark.parametrize("arguments", [["nonsense"], ["validate", "--nonsense"], ["up", "--port", "70000"], ["new"]])
def test_what_is_not_understood_is_usage(arguments: list[str]) -> None:
    ended = backsmith(*arguments)
    assert ended.returncode == 2
    assert "Error" in ended.stderr


def test_every_example_is_without_mistakes() -> None:
    for path in EXAMPLES:
        ended = backsmith("validate", str(path))
        assert (ended.returncode, ended.stdout) == (0, f"{path}: no mistakes\n")


def test_mistakes_are_all_told_with_place_caret_and_hint(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text(MISTAKEN)
    ended = backsmith("validate", folder=tmp_path)
    assert ended.returncode == 1
    assert "backend.yaml:5:14: error[unknown-type]" in ended.stdout
    assert "5 |       title: srt(80)\n  |              ^^^" in ended.stdout
    assert "did you mean `str`?" in ended.stdout
    assert "backend.yaml:6:13" in ended.stdout
    assert "2 errors" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_mistakes_as_json(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text(MISTAKEN)
    ended = backsmith("validate", "--json", folder=tmp_path)
    assert ended.returncode == 1
    assert [(each["line"], each["code"]) for each in json.loads(ended.stdout)] == [
        (5, "unknown-type"),
        (6, "unknown-type"),
    ]


def test_what_cannot_be_written_yet_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text("backend: b\ndatabase: mysql\nentities:\n  A:\n    fields: {n: int}\n")
    for command in ("validate", "new"):
        arguments = [command] if command == "validate" else ["new", "b", "--from", "backend.yaml"]
        ended = backsmith(*arguments, folder=tmp_path)
        assert ended.returncode == 1
        assert "backend.yaml:2:11: error[unsupported]" in ended.stdout + ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["backend.yaml"]


NOTES = str(ROOT / "examples" / "notes.yaml")


@pytest.mark.parametrize(
    ("framework", "hint"), [("flask", "write `fastapi` for an API, or `django`"), ("djnago", "did you mean `django`?")]
)
def test_a_framework_that_is_not_written(tmp_path: Path, framework: str, hint: str) -> None:
    ended = backsmith("new", "b", "--from", NOTES, "--framework", framework, folder=tmp_path)
    assert ended.returncode == 2
    assert f"No project is written for {framework}." in ended.stderr
    assert hint in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "framework", "serves"),
    [
        ([], "django", "config/wsgi.py"),
        (["--from", NOTES], "Django", "config/wsgi.py"),
        (["--from", NOTES], "fastapi", "app/main.py"),
    ],
)
def test_a_framework_in_place_of_that_of_the_blueprint(
    tmp_path: Path, given: list[str], framework: str, serves: str
) -> None:
    arguments = ["new", "b", *given, "--framework", framework, "--no-install", "--no-git"]
    ended = backsmith(*arguments, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "b" / serves).exists()
    assert f"\nframework: {framework.lower()}" in (tmp_path / "b" / "backend.yaml").read_text()


def test_a_blueprint_that_cannot_be_told_its_framework(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("{backend: b, entities: {A: {fields: {n: int}}}}")
    ended = backsmith("new", "b", "--from", "one.yaml", "--framework", "django", folder=tmp_path)
    assert ended.returncode == 2
    assert "write `framework: django` into it" in ended.stderr


@pytest.mark.parametrize("command", ["validate", "explain", "design"])
def test_a_blueprint_that_is_not_there(command: str, tmp_path: Path) -> None:
    ended = backsmith(command, "nowhere.yaml", folder=tmp_path)
    assert ended.returncode == 2
    assert "nowhere.yaml cannot be read: No such file or directory." in ended.stderr
    assert "backsmith new" in ended.stderr


def test_explain_tells_entities_endpoints_rules_and_relations(tmp_path: Path) -> None:
    drawing = tmp_path / "shop.svg"
    ended = backsmith("explain", "examples/shop.yaml", "--svg", str(drawing))
    assert ended.returncode == 0
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    for line in (
        "sku str(32) unique",
        "pay: draft -> paid, and lines.product.stock -= lines.quantity",
        "POST /api/v1/orders/{id}/pay pay_order customer == user",
        "Order read - yes own yes yes",
        "└─ lines ◆─▶ OrderLine",
    ):
        assert line in lines
    assert drawing.read_text().startswith("<svg ")


def test_explain_says_what_is_closed_by_default(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text("backend: b\nentities:\n  Secret:\n    fields: {n: int}\n")
    ended = backsmith("explain", folder=tmp_path)
    assert "Secret  /secrets; no access is written: for admins alone" in ended.stdout


def test_a_drawing_that_cannot_be_written(tmp_path: Path) -> None:
    ended = backsmith("explain", "examples/notes.yaml", "--svg", str(tmp_path / "nowhere" / "n.svg"))
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr


def test_the_design_before_and_after_the_passes() -> None:
    both = json.loads(backsmith("design", "examples/notes.yaml").stdout)
    written = json.loads(backsmith("design", "examples/notes.yaml", "--only", "written").stdout)
    lowered = json.loads(backsmith("design", "examples/notes.yaml", "--only", "lowered").stdout)
    assert both == {"written": written, "lowered": lowered}
    assert "created_at" not in json.dumps(written)
    assert "created_at" in json.dumps(lowered)
    assert backsmith("design", "examples/notes.yaml", "--only", "both").returncode == 2


def test_the_schema_of_the_language_describes_every_example() -> None:
    schema = json.loads(backsmith("schema").stdout)
    Draft202012Validator.check_schema(schema)


# New


def test_new_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    ended = backsmith("new", "shop", folder=tmp_path)
    assert ended.returncode == 2
    assert "is there already" in ended.stderr
    assert "choose another name" in ended.stderr
    assert list((tmp_path / "shop").iterdir()) == []


def test_new_without_a_parent_folder(tmp_path: Path) -> None:
    ended = backsmith("new", "a/b", folder=tmp_path)
    assert ended.returncode == 2
    assert "mkdir -p" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_from_a_blueprint_with_mistakes_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text(MISTAKEN)
    ended = backsmith("new", "b", "--from", "backend.yaml", folder=tmp_path)
    assert ended.returncode == 1
    assert "2 errors" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["backend.yaml"]


def test_new_without_from_writes_a_blueprint_that_is_without_mistakes(tmp_path: Path) -> None:
    ended = backsmith("new", "My Site", "--no-install", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    project = tmp_path / "My Site"
    assert (project / "backend.yaml").read_text().startswith("# my-site: change this file")
    assert (project / "app" / "models" / "post.py").exists()
    assert (project / ".git").is_dir()
    assert backsmith("validate", folder=project).returncode == 0


def test_new_keeps_the_blueprint_as_its_author_wrote_it(tmp_path: Path) -> None:
    source = ROOT / "examples" / "notes.yaml"
    ended = backsmith("new", "notes", "--from", str(source), "--no-install", "--no-git", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "notes" / "backend.yaml").read_bytes() == source.read_bytes()
    assert not (tmp_path / "notes" / ".git").exists()


def test_new_where_installing_fails_leaves_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    ended = backsmith("new", "shop", "--python", str(tmp_path / "no-python"), folder=tmp_path)
    assert ended.returncode == 3
    assert "is no Python that runs" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_without_git_says_so(tmp_path: Path) -> None:
    ended = backsmith("new", "shop", folder=tmp_path, PATH=str(tmp_path))
    assert ended.returncode == 3
    assert "--no-git" in ended.stderr
    assert list(tmp_path.iterdir()) == []


# Up


def test_up_outside_of_a_project(tmp_path: Path) -> None:
    ended = backsmith("up", folder=tmp_path)
    assert ended.returncode == 2
    assert "is no project that backsmith wrote" in ended.stderr
    assert "backsmith new" in ended.stderr
