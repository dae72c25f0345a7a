"""What a generator of clients would notice is a difference, and nothing else is."""

from typing import Any

import pytest

from tests.twins.documents import differences


def document(schema: Any, **operation: Any) -> dict[str, Any]:
    said = {"operationId": "get_thing", "responses": {"204": {"description": "Gone."}}, **operation}
    return {"paths": {"/things": {"get": said}}, "components": {"schemas": {"Thing": schema}}}


def parameter(**said: Any) -> dict[str, Any]:
    return document({}, parameters=[{"in": "query", "name": "q", "schema": {"type": "string"}, **said}])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"const": "a", "type": "string"}, {"enum": ["a"]}),
        ({"enum": ["a", "b", None]}, {"oneOf": [{"enum": ["b", "a"], "type": "string"}, {"type": "null"}]}),
        ({"type": "string", "title": "Name"}, {"type": "string", "maxLength": 9}),
        ({"$ref": "#/components/schemas/A-Input"}, {"allOf": [{"$ref": "#/components/schemas/A"}]}),
        ({"type": "object", "required": ["a", "b"]}, {"type": "object", "required": ["b", "a"]}),
    ],
)
def test_what_says_the_same_is_no_difference(one: Any, other: Any) -> None:
    assert list(differences(document(one), document(other))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "format": "uuid"}, {"type": "string"}),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object", "properties": {}}),
        ({"type": "object", "required": ["a"]}, {"type": "object"}),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, {"type": "string"}),
    ],
)
def test_what_says_something_else_is_one(one: Any, other: Any) -> None:
    assert len(list(differences(document(one), document(other)))) >= 1


def test_operations_and_parameters_are_compared() -> None:
    assert list(differences(parameter(), parameter(required=False))) == []
    assert list(differences(parameter(), parameter(required=True)))
    assert list(differences(parameter(), document({})))
    assert list(differences(document({}), document({}, operationId="read_thing")))
    assert list(differences(document({}), document({}, responses={"200": {"description": "Here."}})))
