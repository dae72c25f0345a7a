"""Every broken blueprint of `cases/broken-*` and what is said about it, as a person at a terminal reads it.

`BACKSMITH_UPDATE_CASES=1 pytest tests/test_blueprint_broken.py` writes the expected texts anew.
"""

import os
import re
from pathlib import Path

import pytest

import backsmith
from backsmith.design.support import Support, unsupported
from backsmith.diagnostics.codes import CODES
from backsmith.diagnostics.terminal import render, summary
from backsmith.readers.blueprint import read_blueprint

CASES = sorted((Path(__file__).parent / "cases").glob("broken-*"))
SOURCE = Path(backsmith.__file__).parent
SUPPORTED = {Support.FASTAPI, Support.DJANGO, Support.SQLITE, Support.POSTGRESQL}
NAME = "backend.yaml"


def said_about(data: bytes) -> str:
    """What `backsmith validate` prints."""
    read = read_blueprint(data, NAME)
    found = (*read.diagnostics, *(unsupported(read.design, SUPPORTED) if read.design else ()))
    said = render(found, {NAME: data.decode(errors="replace")})
    return f"{said}\n{summary(found)}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_blueprint_is_told_what_is_wrong(case: Path) -> None:
    expected = case / "expected.txt"
    said = said_about((case / NAME).read_bytes())
    if os.environ.get("BACKSMITH_UPDATE_CASES"):
        expected.write_text(said)
    assert said == expected.read_text()


def test_every_code_has_a_case_and_a_meaning() -> None:
    said = "".join((case / "expected.txt").read_text() for case in CASES)
    assert set(re.findall(r"^(?:\S+ )?(?:error|warning)\[([a-z-]+)\]", said, re.MULTILINE)) == set(CODES) - {
        "bad-design"
    }


def test_every_code_in_the_source_is_known() -> None:
    source = "".join(path.read_text() for package in ("design", "readers") for path in (SOURCE / package).rglob("*.py"))
    told = re.findall(
        r"(?:error|warn|wrong|doubtful)\(\s*(?:\w+(?:\.\w+)*(?:\[0\])?,\s*)?\"([a-z]+(?:-[a-z]+)*)\",", source
    )
    answered = re.findall(r"return \"([a-z]+(?:-[a-z]+)*)\", (?:f?\"|message)", source)
    assert told
    assert answered
    assert {*told, *answered} <= set(CODES)


def test_there_are_at_least_sixty() -> None:
    assert len(CASES) >= 60
