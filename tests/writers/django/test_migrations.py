"""What is written of every design is accepted by Django, and its migrations make and unmake the tables on both
databases, with nothing left to migrate."""

import subprocess
from pathlib import Path

import pytest

from backsmith import expand, read
from backsmith.design.model import Design

from .project import PYTHON, django, emptied, lacks_django, write_project

ROOT = Path(__file__).parents[3]
SOURCES = {path.stem: path for path in sorted((ROOT / "examples").glob("*.yaml"))} | {
    path.parent.name: path
    for path in sorted((ROOT / "tests" / "cases").glob("*/backend.yaml"))
    if not path.parent.name.startswith("broken-")
}
CIRCLE = """
backend: circle
entities:
  Team:
    fields: {name: str(20), lead: Person?, boards: "Board[] part", badges: "Badge[]"}
    unique: [[name, lead]]
    index: [[lead, name]]
    access: {read: lead.mentor.name == name}
  Person:
    fields: {name: str(20), team: Team, mentor: Person?}
  Board:
    fields: {title: str(20), keeper: Person}
  Badge:
    fields: {word: str(20), first: Person}
"""
"""Apps that refer to each other."""
JOURNEY = (
    ("check",),
    ("makemigrations", "--check", "--dry-run"),
    ("migrate", "--verbosity=0"),
    ("migrate", "--check", "--verbosity=0"),
    ("flush", "--no-input", "--verbosity=0"),
)
LABELS = "from django.db.migrations.loader import MigrationLoader as L; print(*sorted(L(None).migrated_apps))"

pytestmark = [pytest.mark.judge, pytest.mark.skipif(lacks_django(), reason=f"{PYTHON} has no Django")]


def design_of(source: Path | str) -> Design:
    found = read(source if isinstance(source, str) else source.read_text("utf-8")).design
    assert found is not None
    return expand(found)


@pytest.mark.parametrize("name", [*SOURCES, "circle"])
def test_migrations_go_both_ways(name: str, tmp_path: Path, database: str) -> None:
    write_project(tmp_path, design_of(SOURCES.get(name, CIRCLE)))
    for url in (f"sqlite:///{tmp_path}/test.db", database):
        emptied(tmp_path, url)
        for command in JOURNEY:
            succeeded(django(tmp_path, url, *command))
        labels = succeeded(django(tmp_path, url, "shell", "--no-imports", "--command", LABELS)).split()
        for label in labels:
            succeeded(django(tmp_path, url, "migrate", "--verbosity=0", label, "zero"))


def succeeded(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
