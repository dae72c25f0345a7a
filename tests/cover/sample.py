"""A few designs of the covering set that cost little."""

from tests.cover.designs import Design, designs
from tests.cover.options import DATABASE, PYTHON


def sample(count: int) -> tuple[Design, ...]:
    """The designs with the fewest options, those first whose database or Python is not there yet; the same always."""
    waiting = sorted(designs()[1:], key=lambda each: (len(each.options), each.number))
    found: list[Design] = []
    while waiting and len(found) < count:
        met = {(name, each.row[name]) for each in found for name in (DATABASE, PYTHON)}
        best = min(waiting, key=lambda each: sum((name, each.row[name]) in met for name in (DATABASE, PYTHON)))
        waiting.remove(best)
        found.append(best)
    return tuple(found)
