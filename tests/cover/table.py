"""The page that tells what became of each design: written by `bin/cover`, and read again where some are tried."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from backsmith.design.model import Framework
from tests.cover.designs import Design, alone, designs, possible_pairs
from tests.cover.options import DATABASE, DIMENSIONS, PYTHON
from tests.cover.pythons import ROOT
from tests.cover.run import Outcome

PAGE = ROOT / "docs" / "cover.md"
NUMBER = r"(?: ([\d.]+))? \|"
ROW = re.compile(
    rf"^\| (\d+) \| (\w+) \| \w+ \|{NUMBER} [^|]+ \|{NUMBER}{NUMBER} ([^|]+) \|{NUMBER}{NUMBER}$",
    re.MULTILINE,
)
UNTRIED = "not tried"
GOOD = "good"


def table(found: Mapping[str, Outcome]) -> str:
    """The page. found: by the name of the design; those that are not there were not tried."""
    counted = sum(1 for _ in possible_pairs())
    values = sum(len(each) for each in DIMENSIONS.values())
    lines = [
        "# The covering set",
        "",
        "`bin/cover` writes small blueprints in which every two options of the language meet, and tries each on both",
        "frameworks: its own gate (lint, types, migrations up and down, OpenAPI, tests) on its database and its",
        "Python, and a sample of the checks of `backsmith verify` on the started server. The options stand in",
        "`tests/cover/options.py`.",
        "",
        f"{values} values of {len(DIMENSIONS)} dimensions, {counted} pairs, all of them covered; "
        f"{sum(each.cpu for each in found.values()) / 60:.0f} minutes of CPU.",
        "",
        "## All pairs",
        "",
        *_rows(_on_each(designs), found),
        "",
        "## Each option alone, linted and typed",
        "",
        *_rows(_on_each(alone), found),
    ]
    return "\n".join([*lines, ""])


def _on_each(chosen: Callable[[Framework], tuple[Design, ...]]) -> tuple[Design, ...]:
    return tuple(design for framework in Framework for design in chosen(framework))


def _rows(chosen: tuple[Design, ...], found: Mapping[str, Outcome]) -> Iterator[str]:
    outcomes = [found[design.name] for design in chosen if design.name in found]
    good = sum(outcome.good for outcome in outcomes)
    yield f"{len(chosen)} designs: {good} good, {len(outcomes) - good} failed, {len(chosen) - len(outcomes)} not tried."
    yield ""
    yield "| design | framework | database | Python | options | tests | times held | outcome | seconds | of CPU |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for design in chosen:
        outcome = found.get(design.name)
        options = [each for each in design.options if each.partition(":")[0] not in (DATABASE, PYTHON)]
        cells = [str(design.number), design.framework, design.row[DATABASE], outcome.python if outcome else ""]
        cells += [", ".join(options) or "the plainest of all"]
        cells += _told(outcome)
        yield f"| {' | '.join(cells)} |".replace("  ", " ")


def _told(outcome: Outcome | None) -> list[str]:
    if outcome is None:
        return ["", "", UNTRIED, "", ""]
    said = GOOD if outcome.good else f"**failed: {', '.join(outcome.wrong)}**"
    counts = [str(outcome.counts.get(name, "")) for name in ("passed", "held")]
    return [*counts, said, f"{outcome.seconds:.0f}", f"{outcome.cpu:.0f}"]


def known(page: Path) -> dict[str, Outcome]:
    """What the page tells, by the names of the designs."""
    text = page.read_text("utf-8") if page.exists() else ""
    outcomes = (_read(row) for row in ROW.finditer(text) if row[6] != UNTRIED)
    return {outcome.name: outcome for outcome in outcomes}


def _read(row: "re.Match[str]") -> Outcome:
    number, framework, python, passed, held, said, seconds, cpu = row.groups()
    wrong = said.removeprefix("**failed: ").removesuffix("**").split(", ") if said != GOOD else []
    return Outcome(
        name=Design(number=int(number), row={}, framework=Framework(framework)).name,
        python=python or "",
        wrong=dict.fromkeys(wrong, ""),
        counts={name: int(text) for name, text in (("passed", passed), ("held", held)) if text},
        seconds=float(seconds or 0),
        cpu=float(cpu or 0),
    )
