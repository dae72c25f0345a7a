"""The writer of FastAPI projects: complete over the types, exact about what templates name, repeatable and quick."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import meta

from backsmith.contract import contract
from backsmith.design import types
from backsmith.design.model import Design
from backsmith.design.types import Type
from backsmith.features import lower
from backsmith.readers.blueprint import read_blueprint
from backsmith.writers.fastapi import page
from backsmith.writers.fastapi.types import ROWS
from backsmith.writers.fastapi.writer import unsupported, write
from backsmith.writers.python.code import MARK, Code, Import, code, name, resolved
from backsmith.writers.python.page import Page, environment

EXAMPLES = Path(__file__).parents[2] / "examples"
TWELVE = "\n".join(
    f"""  Thing{number}:
    fields:
      name: str(80) unique
      note: text? search
      price: money >= 0
      state: new|used = new
      other: Thing{(number + 1) % 12}?
      keeper: User owner
    access: {{read: anyone, create: signed_in, update: owner, delete: owner}}
    moves:
      use_up: {{from: new, to: used, by: owner}}"""
    for number in range(12)
)


def design_of(source: str) -> Design:
    result = read_blueprint(source, "backend.yaml")
    assert result.design is not None, result.diagnostics
    return result.design


def test_every_type_has_a_row() -> None:
    every = {kind for kind in vars(types).values() if isinstance(kind, type) and issubclass(kind, Type)}
    assert set(ROWS) == every - {Type}


def every_page(kind: type[Page]) -> list[type[Page]]:
    """Each once, though a dataclass with slots leaves behind the class that it was made of."""
    found = {sub.__qualname__ + sub.__module__: sub for sub in kind.__subclasses__() if hasattr(sub, "__slots__")}
    return [each for sub in found.values() for each in (sub, *every_page(sub))]


@pytest.mark.parametrize("kind", every_page(page.Page), ids=lambda kind: kind.__name__)
def test_a_template_names_only_what_its_view_has(kind: type[page.Page]) -> None:
    source = (page.TEMPLATES / kind.template).read_text("utf-8")
    named = meta.find_undeclared_variables(environment(page.TEMPLATES).parse(source))
    assert named - {field.name for field in fields(kind)} - {"imports", "mark"} == set()


def test_templates_hardly_branch() -> None:
    for template in page.TEMPLATES.rglob("*.j2"):
        assert "elif" not in template.read_text("utf-8"), template


def test_twice_is_once() -> None:
    source = (EXAMPLES / "shop.yaml").read_text("utf-8")
    first, second = (write(lower(design_of(source))) for _ in range(2))
    assert first.hash == second.hash
    assert first.files == second.files


def seconds() -> float:
    """What this process and those that it has started have taken of the processor."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


def test_twelve_entities_take_less_than_two_seconds() -> None:
    design = lower(design_of(f"backend: many\nentities:\n{TWELVE}\n"))
    described = contract(design)
    write(design, described)
    began = seconds()
    tree = write(design, described)
    assert seconds() - began < 2
    assert MARK not in "".join(file.text for path, file in tree.files.items() if path.endswith(".py"))


@pytest.mark.parametrize("source", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_import_leads_somewhere(source: Path) -> None:
    """What a project leaves out is imported nowhere."""
    tree = write(lower(design_of(source.read_text("utf-8"))))
    modules = {path.removesuffix(".py").replace("/", ".") for path in tree}
    packages = {module.removesuffix(".__init__") for module in modules if module.endswith(".__init__")}
    for path, file in tree.files.items():
        if path.endswith(".py"):
            for line in file.text.splitlines():
                if line.lstrip().startswith(("from app.", "from tests.")):
                    module = line.split()[1]
                    assert module in modules | packages, f"{path}: {line}"


def test_code_carries_its_imports() -> None:
    found = code("{}({})", name("sqlalchemy", "select"), name("app.models.order", "Order"))
    assert (found.text, sorted(map(str, found.imports))) == (
        "select(Order)",
        ["from app.models.order import Order", "from sqlalchemy import select"],
    )


def test_a_class_of_the_design_keeps_its_name() -> None:
    column = name("app.core.types", "Document")
    text = f"{Import('app.core.types', 'Document')}\n\nclass Document(Row):\n    body = mapped_column({column})\n"
    assert resolved(text) == (
        "from app.core.types import Document as DocumentType\n\n"
        "class Document(Row):\n    body = mapped_column(DocumentType)\n"
    )
    assert resolved(Code(f"{MARK}Text").text) == "Text"


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("framework: django", "this cannot be written yet: framework: django"),
    ],
)
def test_what_cannot_be_written_is_told(extra: str, message: str) -> None:
    source = f"backend: few\n{extra}\nentities:\n  Note:\n    fields: {{text: text}}\n"
    assert [found.message for found in unsupported(design_of(source))] == [message]


OVERLAPPING = """
backend: b
entities:
  Room: {fields: {name: str}}
  Visit:
    fields:
      room: Room
      spare: Room?
      guests: User[]
      size: int = count(guests)
      ahead: duration = starts_at - now
      starts_at: datetime
      ends_at: datetime
      state: asked|agreed = asked
    access: {read: anyone, write: signed_in}
    moves: {agree: {from: asked, to: agreed, by: signed_in}}
    no_overlap:
      - [room, starts_at, ends_at]
      - {fields: [room, starts_at, ends_at], where: state == 'agreed'}
      - {fields: [spare, starts_at, ends_at], where: state == 'asked'}
      - [starts_at, ends_at]
"""


def test_written_tests_expect_only_what_their_rows_lead_to() -> None:
    design = lower(design_of(OVERLAPPING))
    text = write(design, contract(design))["tests/test_visits.py"].text
    assert re.findall(r"test_no_overlap_of_\w+", text) == [
        "test_no_overlap_of_room_starts_at_1",
        "test_no_overlap_of_starts_at",
    ]
    assert 'row["size"]' not in text
    assert 'found.json().items() if key not in {"ahead"}}' in text
