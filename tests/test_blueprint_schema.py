"""The JSON Schema of the language: sound, complete, and of one mind with the reader."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from backsmith.readers.blueprint import access, entities, kinds, moves, reader, sections
from backsmith.readers.blueprint.schema import TYPES, schema

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def problems(value: object) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema()).iter_errors(value)]


def load(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_follow_it(path: Path) -> None:
    assert problems(load(path.read_text())) == []


@pytest.mark.parametrize("case", ["unknown-key", "wrong-shape", "wrong-words", "bad-names", "reserved-names"])
def test_broken_blueprints_do_not(case: str) -> None:
    assert problems(load((ROOT / "tests" / "cases" / f"broken-{case}" / "backend.yaml").read_text()))


def test_it_has_the_keys_of_the_reader() -> None:
    made = schema()
    definitions = made["$defs"]
    assert set(made["properties"]) == set(reader.KEYS)
    assert set(definitions["entity"]["properties"]) == set(entities.KEYS)
    assert set(definitions["access"]["properties"]) == set(access.KEYS)
    assert set(definitions["move"]["properties"]) == set(moves.MOVE_KEYS)
    assert set(definitions["action"]["properties"]) == set(moves.ACTION_KEYS)
    assert set(definitions["auth"]["properties"]) == set(sections.AUTH_KEYS)
    assert set(definitions["api"]["properties"]) == set(sections.API_KEYS)


def test_it_has_every_type() -> None:
    assert set(TYPES) == set(kinds.WRITTEN)


@pytest.mark.parametrize(
    "line", ["str(80) unique", "text?", "draft|paid = draft", "Tag[]", "Order or Product", "decimal(10,2)", "str[]"]
)
def test_lines_that_follow_it(line: str) -> None:
    assert problems({"backend": "shop", "entities": {"Product": {"fields": {"x": line}}}}) == []


@pytest.mark.parametrize("line", ["", "strr", "80", "unique str", "(a)", "string"])
def test_lines_that_do_not(line: str) -> None:
    assert problems({"backend": "shop", "entities": {"Product": {"fields": {"x": line}}}})
