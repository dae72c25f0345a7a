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
    for command in ("bin/test", "bin/test --full"):
        assert command in README
        assert command in calls


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")), ids=lambda path: path.name
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / link).exists(), link


def test_every_code_of_an_error_stands_in_the_contract() -> None:
    table = CONTRACT.partition("| code | status | says |")[2]
    told = {
        code for row in re.findall(r"^\| (`.*?`) \|", table, flags=re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
    }
    assert {code for codes in CODES.values() for code in codes} <= told


def test_the_table_of_filters_names_every_type() -> None:
    table = CONTRACT.partition("| types | equal |")[2].partition("\n\n")[0]
    words = {
        "Float": "numbers",
        "Int": "numbers",
        "BigInt": "numbers",
        "Decimal": "numbers",
        "Text": "str",
        "Values": "str[]",
    }
    words |= {"Enum": "enums", "Ref": "references", "Many": "Name[]", "Embedded": "embedded"}
    left_out = {"Upload", "Parts", "Inverse"}
    for type_ in OPERATORS:
        if type_.__name__ not in left_out:
            assert words.get(type_.__name__, type_.__name__.lower()) in table
