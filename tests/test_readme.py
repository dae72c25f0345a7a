"""The documents keep up with what they are about."""

import re
from pathlib import Path

import pytest

import backsmith
from backsmith.contract.endpoints import CODES
from backsmith.contract.parameters import OPERATORS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONTRACT = (ROOT / "docs" / "contract.md").read_text()


def test_the_blueprint_of_the_readme_is_without_mistakes() -> None:
    (blueprint,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    assert backsmith.read(blueprint).diagnostics == ()


def test_the_readme_names_scripts_and_files_that_are_there() -> None:
    for script in set(re.findall(r"\bbin/[a-z]+\b", README)) - {"bin/check", "bin/backsmith"}:
        assert (ROOT / script).stat().st_mode & 0o100, script
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


def test_ci_calls_the_test_commands_of_the_readme() -> None:
    calls = [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]
    for command in ("bin/test", "bin/test --full", "bin/test --faults"):
        assert command in README
        assert command in calls


DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / link).exists(), link


def test_the_codes_of_errors_are_those_of_the_contract_and_of_written_projects() -> None:
    table = CONTRACT.partition("| code | status | says |")[2]
    rows = re.findall(r"^\| (`.*?`) \|", table, flags=re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    errors = ROOT / "src/backsmith/writers/fastapi/parts/app/core/errors.py"
    (listed,) = re.findall(r"^Code = Literal\[(.*?)\]", errors.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert told == set(re.findall(r'"(\w+)"', listed))
    assert {code for codes in CODES.values() for code in codes} | {"weak"} == told


WORDS = {
    "Float": "numbers",
    "Int": "numbers",
    "BigInt": "numbers",
    "Decimal": "numbers",
    "Text": "str",
    "Values": "str[]",
    "Enum": "enums",
    "Ref": "references",
    "Many": "Name[]",
    "Embedded": "embedded",
}


def test_the_table_of_filters_names_every_type() -> None:
    table = CONTRACT.partition("| types | equal |")[2].partition("\n\n")[0]
    for type_ in OPERATORS:
        if type_.__name__ not in ("Upload", "Parts", "Inverse"):
            assert WORDS.get(type_.__name__, type_.__name__.lower()) in table
