"""Every framework of the language has a writer, and a design is written by that of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

import backsmith
from backsmith.design.model import Design, Framework
from backsmith.readers.blueprint.framework import with_framework
from backsmith.writers import frameworks
from backsmith.writers.python.format import formatted

EXAMPLES = Path(__file__).parents[2] / "examples"
SERVES = {Framework.FASTAPI: "app/main.py", Framework.DJANGO: "manage.py"}


def notes() -> Design:
    result = backsmith.read((EXAMPLES / "notes.yaml").read_bytes())
    assert result.design is not None
    return result.design


@pytest.mark.parametrize("framework", Framework)
def test_a_design_is_written_by_its_framework(framework: Framework) -> None:
    design = replace(notes(), framework=framework)
    assert frameworks.unsupported(design) == ()
    written = backsmith.write(design)
    assert [each for each, path in SERVES.items() if path in written] == [framework]


def test_what_only_one_framework_cannot_write() -> None:
    source = "backend: b\nframework: {}\nentities:\n  A:\n    fields: {{objects: int}}\n"
    told = {}
    for framework in Framework:
        result = backsmith.read(source.format(framework))
        assert result.design is not None
        told[framework] = [each.code for each in frameworks.unsupported(result.design)]
    assert told == {Framework.FASTAPI: [], Framework.DJANGO: ["unsupported"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("backend: b\nentities: {}\n", "backend: b\nframework: django\nentities: {}\n"),
        ("backend: b  # ours\n\nauth: {}\n", "backend: b  # ours\nframework: django\n\nauth: {}\n"),
        ("backend: b\r\nentities: {}\r\n", "backend: b\nframework: django\nentities: {}\r\n"),
        ("framework: fastapi # or not\nbackend: b", "framework: django # or not\nbackend: b"),
        ("framework:\nbackend: b", "framework: django\nbackend: b"),
        ("backend: b", "backend: b\nframework: django\n"),
        ("entities:\n  backend: {}\n  framework: {}\n", "entities:\n  backend: {}\n  framework: {}\n"),
        ("{backend: b}", "{backend: b}"),
    ],
)
def test_a_blueprint_for_another_framework(text: str, found: str) -> None:
    assert with_framework(text, Framework.DJANGO) == found


def test_a_docstring_that_is_longer_than_a_line() -> None:
    pyproject = '[tool.ruff]\nline-length = 40\n[tool.ruff.lint.isort]\nknown-first-party = ["app"]\n'
    source = 'def one() -> int:\n    """All rows: owner or staff or warden or guest."""\n    return 1\n'
    cut = 'def one() -> int:\n    """All rows: owner or staff or\n    warden or guest.\n    """\n    return 1\n'
    assert formatted({"app/one.py": source, "pyproject.toml": pyproject})["app/one.py"] == cut
