"""From text to files: the doctest of the package, and that the same blueprint gives the same bytes."""

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest

import backsmith

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))

PROGRAM = """
import sys, backsmith
print(backsmith.write(backsmith.read(open(sys.argv[1], "rb").read()).design).hash)
"""


def test_the_pipeline_is_as_the_docstring_says() -> None:
    failed, tried = doctest.testmod(backsmith, optionflags=doctest.FAIL_FAST)
    assert tried >= 10
    assert failed == 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_twice_is_once(example: Path) -> None:
    """In other processes, with other seeds of hashing and in another zone and language."""
    hashes = set()
    for seed, zone, language in (("1", "UTC", "C.UTF-8"), ("2", "Asia/Kathmandu", "C")):
        variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed}
        variables |= {"TZ": zone, "LC_ALL": language, "PYTHONUTF8": "1"}
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(example)],
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(ended.stdout)
    assert len(hashes) == 1


THING = """
  Thing{name}:
    fields:
      name: str(80) unique
      size: int >= 0
      before: Thing{before}?
      kind: a|b = a
    access: {{read: anyone, write: staff}}
"""


def test_twelve_entities_are_written_in_two_seconds() -> None:
    pairs = zip("LABCDEFGHIJK", "ABCDEFGHIJKL", strict=True)
    entities = "".join(THING.format(name=name, before=before) for before, name in pairs)
    result = backsmith.read(f"backend: twelve\nauth: {{roles: [staff, admin]}}\nentities:\n{entities}")
    assert result.design is not None, result.diagnostics
    times = []
    for _ in range(3):
        begun = sum(os.times()[:4])
        tree = backsmith.write(result.design)
        times.append(sum(os.times()[:4]) - begun)  # of this process and those that it ran: steady on a busy machine
    assert len(tree) > 100
    assert min(times) < 2


def test_the_shop_is_small_enough_to_read() -> None:
    result = backsmith.read((ROOT / "examples" / "shop.yaml").read_bytes())
    assert result.design is not None
    tree = backsmith.write(result.design)
    code = [tree[path].text for path in tree if path.startswith("app/") and path.endswith(".py")]
    # 250 of them are what docs/decisions/statements-on-the-driver.md costs.
    assert sum(bool(line.strip()) for text in code for line in text.splitlines()) <= 4_800
