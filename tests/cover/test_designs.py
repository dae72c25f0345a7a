"""The covering set is what it says: few designs, all pairs, every option; and what they become is clean."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import backsmith
from backsmith.design import expressions, types
from backsmith.design.expressions import Aggregation, Comparison, Expr, Function, Operator
from backsmith.design.model import Database, Effect, Ids, OnDelete, Register
from backsmith.design.support import Support
from backsmith.project.files import put
from backsmith.readers.blueprint.line import MODIFIERS
from backsmith.readers.blueprint.schema import TYPES, schema
from backsmith.verify import CHECKS
from backsmith.writers.fastapi.limits import SUPPORTS
from tests.cover.designs import MOST, Design, designs
from tests.cover.options import DATABASE, DIMENSIONS, PYTHON
from tests.cover.pythons import ROOT
from tests.cover.run import Trial
from tests.cover.sample import sample
from tests.cover.table import PAGE, known, table

NOT_YET = {
    Support.IMPORTS: {"imports", "into", "match", "columns"},
    Support.MODELS: {"models", "file", "features", "sha256"},
    Support.TASKS: {"tasks", "every", "each", "move"},
    Support.REALTIME: {"realtime"},
    Support.SOCIAL: {"social"},
    Support.GRAPHQL: {"graphql"},
    Support.UPLOADS: {"file", "image", "Upload"},
    Support.TARGETS: set(),
    Support.SOURCE: {"source"},
    Support.DJANGO: {"framework"},
    Support.MYSQL: {"mysql"},
    Support.MONGODB: {"mongodb"},
}
"""What no writer can write yet, and the words that are about it."""
LATER = set[str]().union(*NOT_YET.values())
INSIDE = {"Owner", "Tenant", "Null", "Type", "Expr"}
"""Types and expressions that passes make, or spell out, and those that others are made from."""


def test_few_designs_have_all_pairs() -> None:
    assert len(designs()) <= MOST
    assert all(design.row.keys() == DIMENSIONS.keys() for design in designs())
    for some, others in combinations(DIMENSIONS, 2):
        met = {(design.row[some], design.row[others]) for design in designs()}
        assert met == {(one, other) for one in DIMENSIONS[some] for other in DIMENSIONS[others]}, (some, others)


def test_the_designs_are_the_same_every_time() -> None:
    program = "from tests.cover.test_designs import digest; print(digest())"
    for seed in ("1", "2"):
        variables = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))),
        }
        ended = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=variables, check=True
        )
        assert ended.stdout.strip() == digest()


def digest() -> str:
    """A hash of all blueprints."""
    return hashlib.sha256("\0".join(design.text for design in designs()).encode()).hexdigest()


@pytest.mark.parametrize("design", designs(), ids=lambda design: design.name)
def test_a_design_reads_without_a_word(design: Design) -> None:
    result = backsmith.read(design.text, design.name)
    assert result.diagnostics == ()
    assert result.design is not None


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All designs, written."""
    folder = tmp_path_factory.mktemp("cover")
    for design in designs():
        result = backsmith.read(design.text, design.name)
        assert result.design is not None
        put(backsmith.write(result.design), folder / design.name)
    return folder


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_what_is_written_is_clean(written: Path, command: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=written, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout


# Every option of the language


def test_what_cannot_be_written_yet_is_known() -> None:
    assert NOT_YET.keys() == set(Support) - SUPPORTS, "what can be written now belongs into the dimensions"


def test_every_key_of_the_language_is_in_some_design() -> None:
    found = set[str]()
    for design in designs():
        found |= keys(YAML(typ="safe").load(design.text))
    assert set(_properties(schema())) - found - LATER == set()


def keys(node: Any) -> set[str]:
    """Every key of a document."""
    if isinstance(node, dict):
        return set(node).union(*map(keys, node.values()))
    return set[str]().union(*map(keys, node)) if isinstance(node, list) else set()


def _properties(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for value in node.values():
            yield from _properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value)


def test_every_word_of_a_field_is_in_some_design() -> None:
    words = " ".join(design.text for design in designs()).replace("(", " ").replace("?", " ").replace("[", " ").split()
    assert {*TYPES, *MODIFIERS} - set(words) - LATER == set()


def test_every_value_of_the_model_is_in_some_design() -> None:
    found = set[Any]()
    for design in designs():
        result = backsmith.read(design.text, design.name)
        found |= set(values(result.design))
    chosen = (Ids, Register, OnDelete, Database, Comparison, Operator, Function, Aggregation)
    assert {each for words in chosen for each in words if str(each) not in LATER} - found == set()
    classes = {name for module in (types, expressions) for name, each in vars(module).items() if _is_ours(each, module)}
    assert classes - {each for each in found if isinstance(each, str)} - LATER - INSIDE == set()
    for operator in ("=", "+=", "-="):
        assert f"effect {operator}" in found


def _is_ours(each: Any, module: Any) -> bool:
    return isinstance(each, type) and issubclass(each, types.Type | Expr) and each.__module__ == module.__name__


def values(node: Any) -> Iterator[Any]:
    """The names of all classes inside of a design, and the words of all enums."""
    if isinstance(node, Enum):
        yield node
    elif isinstance(node, tuple | list):
        for each in node:
            yield from values(each)
    elif is_dataclass(node):
        yield type(node).__name__
        if isinstance(node, Effect):
            yield f"effect {node.operator}"
        for each in fields(node):
            yield from values(getattr(node, each.name))


# How they are tried


def test_every_check_of_the_judge_is_tried() -> None:
    from backsmith.project.environment import Environment

    here = Environment(python=Path(sys.executable))
    tried = {name for design in designs() for name in Trial(design=design, environment=here, python="3").checks}
    assert tried == CHECKS.keys()


def test_a_sample_differs() -> None:
    some = sample(2)
    assert some == sample(2)
    for name in (DATABASE, PYTHON):
        assert len({design.row[name] for design in some}) == 2


def test_the_page_is_about_these() -> None:
    """How long it took differs from time to time; what was tried does not."""
    assert table(known(PAGE)) == PAGE.read_text("utf-8")
