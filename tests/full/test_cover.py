"""A sample of `bin/cover`: two small designs, one on each database, one on the newest Python that there is."""

from pathlib import Path

import pytest

from tests.cover.pythons import environments
from tests.cover.run import outcomes
from tests.cover.sample import sample

pytestmark = pytest.mark.full


def test_a_sample_is_good(tmp_path: Path) -> None:
    found = [outcome for outcome, _ in outcomes(sample(2), environments(), 2, tmp_path)]
    assert len(found) == 2
    for outcome in found:
        assert outcome.good, "\n".join(f"== {step}\n{text}" for step, text in outcome.wrong.items())
