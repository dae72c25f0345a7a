"""docs/language.md is true: its example is sound, and its tables are complete."""

import re
from pathlib import Path

from backsmith.design import naming
from backsmith.design.scope import AGGREGATES, FUNCTIONS
from backsmith.diagnostics.codes import CODES
from backsmith.readers.blueprint import entities, kinds, line, read_blueprint, reader, sections

MANUAL = (Path(__file__).parents[1] / "docs" / "language.md").read_text()
EXAMPLE = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)[0]


def section(title: str) -> str:
    """What stands below a heading, up to the next of its kind."""
    return re.split(r"\n## ", MANUAL.split(f"\n## {title}\n")[1])[0]


def first_cells(text: str) -> str:
    """The first cell of every row of the tables."""
    return "\n".join(row.split(" | ")[0] for row in re.sub(r"\\\|", "¦", text).splitlines() if row.startswith("| "))


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z_0-9]*", text))


def test_its_example_is_sound() -> None:
    read = read_blueprint(EXAMPLE, "docs/language.md")
    assert read.design is not None, read.diagnostics
    assert read.diagnostics == ()


def test_it_has_every_key() -> None:
    assert set(reader.KEYS) <= words(first_cells(section("The file")))
    assert {*sections.AUTH_KEYS, *sections.API_KEYS} <= words(section("The file"))
    assert set(entities.KEYS) <= words(first_cells(section("Entities")))


def test_it_has_every_type_and_modifier() -> None:
    cells = words(first_cells(section("Fields")))
    assert set(kinds.WRITTEN) <= cells
    assert set(line.MODIFIERS) <= cells


def test_it_has_every_word_of_expressions() -> None:
    told = words(section("Expressions"))
    assert naming.LANGUAGE_WORDS - {"tenant"} <= told
    assert {*FUNCTIONS, *AGGREGATES} <= told


def test_it_has_every_reserved_name() -> None:
    told = words(section("Fields"))
    assert {*naming.IMPLICIT_FIELDS, *naming.LIST_PARAMETERS} <= told


def test_it_has_every_diagnostic() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", section("Diagnostics"), re.MULTILINE)
    assert dict(rows) == CODES
