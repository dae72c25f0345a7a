"""Every broken blueprint of `cases/broken-*` and what is said about it, as a person at a terminal reads it.

`BACKSMITH_UPDATE_CASES=1 pytest tests/test_blueprint_broken.py` writes the expected texts anew.
"""

import os
from pathlib import Path

import pytest

from backsmith.design.support import Support, unsupported
from backsmith.diagnostics.terminal import render, summary
from backsmith.readers.blueprint import read_blueprint

CASES = sorted((Path(__file__).parent / "cases").glob("broken-*"))
SUPPORTED = {Support.FASTAPI, Support.SQLITE, Support.POSTGRESQL}
NAME = "backend.yaml"


def said_about(data: bytes) -> str:
    """What `backsmith validate` prints."""
    read = read_blueprint(data, NAME)
    found = (*read.diagnostics, *(unsupported(read.design, SUPPORTED) if read.design else ()))
    return f"{render(found, {NAME: data.decode()})}\n{summary(found)}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_blueprint_is_told_what_is_wrong(case: Path) -> None:
    expected = case / "expected.txt"
    said = said_about((case / NAME).read_bytes())
    if os.environ.get("BACKSMITH_UPDATE_CASES"):
        expected.write_text(said)
    assert said == expected.read_text()


def test_there_are_at_least_sixty() -> None:
    assert len(CASES) >= 60
