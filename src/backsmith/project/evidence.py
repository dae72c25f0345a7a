"""What the gate of a project proved, as a value and as the file that stays beside the project."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

PATH = ".backsmith/evidence.json"

PATTERNS = {
    "passed": re.compile(r"\b(\d+) passed\b"),
    "failed": re.compile(r"\b(\d+) failed\b"),
    "errors": re.compile(r"\b(\d+) errors?\b(?= in |,)"),
    "skipped": re.compile(r"\b(\d+) skipped\b"),
    "coverage": re.compile(r"^(?:TOTAL\b.*?|Total coverage: )(\d+)(?:\.\d+)?%", re.MULTILINE),
    "files": re.compile(
        r"\b(\d+) (?:source )?files? (?:already formatted|would be reformatted)|in (\d+) source files?\b"
    ),
    "findings": re.compile(r"^Found (\d+) errors?\b", re.MULTILINE),
}
"""How the tools of a gate say how much they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the gate: how it ended, how long it took (seconds), and what it counted."""

    name: str
    command: str
    exit: int
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.exit == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One run of the gate. `tree` is the hash of the files as they were written; `at` a moment in UTC, ISO 8601."""

    backsmith: str
    at: str
    tree: str
    files: int
    database: str
    versions: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def good(self) -> bool:
        return bool(self.steps) and all(step.good for step in self.steps)


def counts(output: str) -> dict[str, int]:
    """What a tool says that it counted: tests passed, files typed, percent covered. Of several, the last."""
    found: dict[str, int] = {}
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(output):
            found[name] = int(next(group for group in match.groups() if group is not None))
    return found


def to_json(evidence: Evidence) -> str:
    """The evidence as the text of its file."""
    return json.dumps({"good": evidence.good, **asdict(evidence)}, indent=2) + "\n"


def from_json(text: str) -> Evidence:
    """The evidence that `to_json` wrote. Raises ValueError where it is none."""
    try:
        document = json.loads(text)
        document.pop("good")
        steps = tuple(Step(**step) for step in document.pop("steps"))
        return Evidence(steps=steps, **document)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is no evidence of a gate") from error


def keep(project: Path, evidence: Evidence) -> None:
    """Leave the evidence in the project, whole or not at all."""
    place = project / PATH
    place.parent.mkdir(exist_ok=True)
    draft = place.with_suffix(".new")
    draft.write_text(to_json(evidence))
    draft.replace(place)
