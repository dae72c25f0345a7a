"""A few designs of the covering set that cost little."""

from backsmith.design.model import Framework
from tests.cover.designs import Design, designs
from tests.cover.options import DATABASE, PYTHON


def sample(count: int) -> tuple[Design, ...]:
    """The designs with the fewest options, those first whose framework, database or Python is not there yet; the same
    always."""
    every = (design for framework in Framework for design in designs(framework)[1:])
    waiting = sorted(every, key=lambda each: (len(each.options), each.number))
    found: list[Design] = []
    while waiting and len(found) < count:
        met = set[str]().union(*map(_where, found))
        best = min(waiting, key=lambda each: len(met & _where(each)))
        waiting.remove(best)
        found.append(best)
    return tuple(found)


def _where(design: Design) -> set[str]:
    """What it is tried on."""
    return {design.framework, design.row[DATABASE], design.row[PYTHON]}
