"""A sample of `bin/proof`: for each framework, a broken rule, a broken effect and a missing lock are noticed."""

import sys
from pathlib import Path

import pytest

from backsmith.design.model import Framework
from backsmith.project.environment import Environment
from tests.proof.run import MUTATIONS, outcomes

SAMPLE = {
    "an order is changed in any state",
    "paying does not take from the stock",
    "rows are not locked before they change",
}

pytestmark = pytest.mark.judge


def test_a_sample_is_killed() -> None:
    chosen = [each for each in MUTATIONS if each.says in SAMPLE]
    assert len(chosen) == len(SAMPLE) * len(Framework)
    for outcome in outcomes(chosen, Environment(python=Path(sys.executable)), 2):
        assert outcome.killed_by, outcome.mutation
