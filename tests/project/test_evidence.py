"""What the gate proved: counted, kept, read again."""

from dataclasses import replace
from pathlib import Path

import pytest

from backsmith.project.evidence import PATH, Evidence, Step, counts, from_json, keep, to_json

EVIDENCE = Evidence(
    backsmith="0.1.0",
    at="2026-11-23T10:00:00+00:00",
    tree="ab" * 32,
    files=91,
    database="sqlite",
    versions={"python": "3.11.7", "fastapi": "0.165.0"},
    steps=(
        Step(name="lint", command="python -m ruff check .", exit=0, seconds=0.2),
        Step(name="tests", command="python -m pytest", exit=0, seconds=31.5, counts={"passed": 153, "coverage": 94}),
    ),
)


@pytest.mark.parametrize(
    ("output", "counted"),
    [
        ("==== 153 passed in 31.50s ====", {"passed": 153}),
        ("2 failed, 151 passed, 1 skipped, 3 errors in 9s", {"passed": 151, "failed": 2, "skipped": 1, "errors": 3}),
        ("Success: no issues found in 64 source files", {"files": 64}),
        ("91 files already formatted", {"files": 91}),
        ("TOTAL      2310     120    95%", {"coverage": 95}),
        ("TOTAL                2310   120    94.81%\nRequired test coverage of 90% reached.", {"coverage": 94}),
        ("Found 4 errors.", {"findings": 4}),
        ("All checks passed!", {}),
    ],
)
def test_what_the_tools_count(output: str, counted: dict[str, int]) -> None:
    assert counts(output) == counted


def test_evidence_is_good_where_every_step_is() -> None:
    assert EVIDENCE.good
    failed = Step(name="types", command="python -m mypy", exit=1, seconds=1)
    assert not replace(EVIDENCE, steps=(*EVIDENCE.steps, failed)).good
    assert not replace(EVIDENCE, steps=()).good


def test_evidence_is_kept_and_read_again(tmp_path: Path) -> None:
    keep(tmp_path, EVIDENCE)
    assert from_json((tmp_path / PATH).read_text()) == EVIDENCE
    assert [path.name for path in (tmp_path / ".backsmith").iterdir()] == ["evidence.json"]


@pytest.mark.parametrize("text", ["{}", "[]", "no json", to_json(EVIDENCE).replace('"exit"', '"end"')])
def test_what_is_no_evidence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)
