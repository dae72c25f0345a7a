"""One design on two frameworks answers alike: all that the judge asks, one thing after another."""

from pathlib import Path

import pytest

from tests.twins.__main__ import compared, judged_alone

EXAMPLES = Path(__file__).parents[2] / "examples"


LEAST = {
    EXAMPLES / "notes.yaml": 1000,
    EXAMPLES / "shop.yaml": 3500,
    EXAMPLES / "machines.yaml": 2500,
    EXAMPLES / "tracker.yaml": 4000,
    EXAMPLES / "courses.yaml": 4500,
    EXAMPLES / "rooms.yaml": 3500,
    EXAMPLES / "clinic.yaml": 3000,
    Path(__file__).with_name("edges.yaml"): 3000,
}
"""The blueprints that both are asked about, and how many requests there are at least."""

QUICK = ("notes", "shop", "edges")
"""Those that are asked in the full ring; the others in that of the judge, which may take longer."""


def ring(path: Path) -> pytest.MarkDecorator:
    """When a blueprint is asked about."""
    return pytest.mark.full if path.stem in QUICK else pytest.mark.judge


@pytest.mark.parametrize("blueprint", [pytest.param(path, id=path.stem, marks=ring(path)) for path in LEAST])
def test_both_answer_alike(blueprint: Path) -> None:
    report, twins = compared(blueprint, only=[])
    assert twins.requests >= LEAST[blueprint]
    assert twins.said == []
    assert [(found.what, found.request, found.one, found.other) for found in twins.differences] == []
    assert report.failures == ()


@pytest.mark.full
def test_a_difference_is_seen() -> None:
    """Two servers of one framework that say one thing otherwise."""
    _, twins = compared(EXAMPLES / "notes.yaml", only=["creations"], worsened=("You may not", "One may not"))
    assert {found.what for found in twins.differences} == {"body"}


@pytest.mark.parametrize("with_postgres", [False, True], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=ring(path)) for path in LEAST if path.stem not in ("notes", "edges")],
)
def test_the_judge_finds_nothing(path: Path, with_postgres: bool) -> None:
    report = judged_alone(path, with_postgres=with_postgres)
    assert [(failure.rule, failure.about, failure.message) for failure in report.failures] == []
