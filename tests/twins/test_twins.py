"""One design on two frameworks answers alike: all that the judge asks, one thing after another."""

from pathlib import Path

import pytest

from tests.twins.__main__ import compared, judged_alone

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.full


@pytest.mark.parametrize(("name", "least"), [("notes", 1000), ("shop", 3500)])
def test_both_answer_alike(name: str, least: int) -> None:
    report, twins = compared(EXAMPLES / f"{name}.yaml", only=[])
    assert twins.requests >= least
    assert [(found.what, found.request, found.one, found.other) for found in twins.differences] == []
    assert report.failures == ()


def test_a_difference_is_seen() -> None:
    """Two servers of one framework that say one thing otherwise."""
    _, twins = compared(EXAMPLES / "notes.yaml", only=["creations"], worsened=("You may not", "One may not"))
    assert {found.what for found in twins.differences} == {"body"}


@pytest.mark.parametrize("with_postgres", [False, True], ids=["sqlite", "postgresql"])
def test_the_judge_finds_nothing(with_postgres: bool) -> None:
    report = judged_alone(EXAMPLES / "shop.yaml", with_postgres=with_postgres)
    assert [(failure.rule, failure.about, failure.message) for failure in report.failures] == []
