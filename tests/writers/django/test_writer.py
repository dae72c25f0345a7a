"""The writer of Django projects: exact about what templates name, repeatable and quick."""

from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import meta

from backsmith.contract import contract
from backsmith.features import lower
from backsmith.writers.django import page
from backsmith.writers.django.writer import write
from backsmith.writers.python.code import MARK
from backsmith.writers.python.page import environment

from ..test_fastapi import EXAMPLES, TWELVE, design_of, every_page, seconds


@pytest.mark.parametrize("kind", every_page(page.Page), ids=lambda kind: kind.__name__)
def test_a_template_names_only_what_its_view_has(kind: type[page.Page]) -> None:
    source = (page.TEMPLATES / kind.template).read_text("utf-8")
    named = meta.find_undeclared_variables(environment(page.TEMPLATES).parse(source))
    assert named - {field.name for field in fields(kind)} - {"imports", "mark"} == set()


def test_templates_hardly_branch() -> None:
    for template in page.TEMPLATES.rglob("*.j2"):
        assert "elif" not in template.read_text("utf-8"), template


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_twice_is_once(example: Path) -> None:
    source = example.read_text("utf-8")
    first, second = (write(lower(design_of(source))) for _ in range(2))
    assert first.hash == second.hash
    assert first.files == second.files


def test_twelve_entities_take_less_than_three_seconds() -> None:
    design = lower(design_of(f"backend: many\nentities:\n{TWELVE}\n"))
    described = contract(design)
    write(design, described)
    began = seconds()
    tree = write(design, described)
    assert seconds() - began < 3
    assert MARK not in "".join(file.text for path, file in tree.files.items() if path.endswith(".py"))
