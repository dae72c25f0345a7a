"""A design as JSON: out and in again it is the same, before and after the passes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from backsmith.design.json import from_json, schema, to_json
from backsmith.design.model import Design
from backsmith.features import lower
from backsmith.readers.blueprint import read_blueprint

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))

EVERYTHING = """
backend: things
auth: {roles: [maker, admin], social: [google]}
types:
  Size: s|m|l
  Address:
    street: str(200) ~ /^[A-Z]/ = 'Anywhere'
    floor: int? >= -2
entities:
  User:
    fields: {nickname: str?}
  Thing:
    fields:
      name: str(80) unique search
      size: Size = m
      where: Address?
      labels: str[]
      about: Thing|User?
      photo: image?
      made_at: datetime set now
      cost: money private >= 0
      parts: Piece[] part
      friends: Thing[]
      weight: bigint = sum(parts.weight)
      keeper: User owner
      seen: duration = hours(3)
      state: new|old = new
    access: {read: anyone, write: owner, fields: {name: {write: maker}}}
    unique: [{fields: [name, size], where: size != 's'}]
    index: [[size, -name]]
    checks: {small: cost < 100 or size == 'l'}
    on: {update: seen += minutes(5)}
    moves:
      age: {from: new, to: old, by: owner, input: {note: str = 'x'}, do: [parts.weight -= 1]}
    actions:
      quote: {input: {n: int >= 1}, output: {price: money}, by: anyone}
    order: [-made_at]
    sortable: [size]
    history: true
  Piece:
    fields: {weight: int >= 0}
realtime: [Thing]
api: {rate: 5/hour}
"""


def read(source: str) -> Design:
    found = read_blueprint(source, "backend.yaml")
    assert found.design is not None, found.diagnostics
    return found.design


@pytest.fixture(params=[*EXAMPLES, None], ids=lambda path: path.stem if path else "everything")
def design(request: pytest.FixtureRequest) -> Design:
    return read(request.param.read_text() if request.param else EVERYTHING)


def test_out_and_in_again(design: Design) -> None:
    again = from_json(json.loads(json.dumps(to_json(design))))
    assert again.diagnostics == ()
    assert again.value == design


def test_out_and_in_again_when_lowered(design: Design) -> None:
    lowered = lower(design)
    again = from_json(json.loads(json.dumps(to_json(lowered))))
    assert again.diagnostics == ()
    assert again.value == lowered


def test_it_follows_its_schema(design: Design) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    for each in (design, lower(design)):
        assert [error.message for error in validator.iter_errors(to_json(each))] == []


def test_twice_is_once(design: Design) -> None:
    assert json.dumps(to_json(design)) == json.dumps(to_json(replace(design, places={})))


def changed(path: list[str | int], value: object) -> Any:
    found = to_json(read(EVERYTHING))
    at: Any = found
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return found


THING: list[str | int] = ["entities", 1]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "design: expected dict, not list"),
        ({}, "design: `name` is missing"),
        (changed(["colour"], 1), "design: `colour` is not known"),
        (changed(["database"], "oracle"), "design.database: `oracle` is not one of"),
        (changed(["lowered"], 1), "design.lowered: expected bool, not int"),
        (changed([*THING, "fields", 0, "type"], {"kind": "strange"}), "`strange` is no kind of type"),
        (changed([*THING, "fields", 0, "type"], {"kind": "enum", "words": "ab"}), "expected list, not str"),
        (changed([*THING, "access", "read"], "anyon"), "unknown name `anyon`"),
        (changed([*THING, "moves", 0, "effects", 0], "parts.wait -= 1"), "Piece has no field `wait`"),
        (changed([*THING, "fields", 4, "name"], "class"), "`class`"),
    ],
)
def test_what_is_no_design(value: object, said: str) -> None:
    found = from_json(value)
    assert found.value is None
    assert any(said in each.message for each in found.diagnostics), found.diagnostics
