"""Two OpenAPI documents, by what a generator of clients makes of them: whatever both say otherwise is a difference.

Bounds, titles and descriptions are the writers' own: a client is the same with and without them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
OPERATION = ("operationId", "tags", "security", "deprecated")
FORM = "Body_token"
"""The form of OAuth2, which is the same for everybody (RFC 6749, 4.3.2)."""
PLAIN = ("type", "format", "$ref", "enum", "required", "additionalProperties")


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Where the documents differ, as `path: what the one says | what the other says`."""
    yield from _different("", surface(one), surface(other))


def surface(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a client is made of: operations by method and path, and the schemas that they name."""
    operations = {
        f"{method.upper()} {path}": _operation(item[method], item.get("parameters", ()))
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }
    components = document["components"]
    return {
        "operations": operations,
        "schemas": {_bare(name): _schema(found) for name, found in components["schemas"].items() if name != FORM},
        "security": {name: found["type"] for name, found in components.get("securitySchemes", {}).items()},
    }


def _operation(said: Mapping[str, Any], shared: Any) -> dict[str, Any]:
    body = said.get("requestBody")
    return {
        **{name: said.get(name) for name in OPERATION},
        "parameters": {_place(each): _parameter(each) for each in (*shared, *said.get("parameters", ()))},
        "body": None if body is None else {"required": body.get("required", False), **_content(body)},
        "responses": {status: _content(found) for status, found in said["responses"].items()},
    }


def _place(parameter: Mapping[str, Any]) -> str:
    name = parameter["name"]
    return f"{parameter['in']} {name.lower() if parameter['in'] == 'header' else name}"


def _parameter(said: Mapping[str, Any]) -> dict[str, Any]:
    schema = _schema(said["schema"])
    schema.pop("nullable", None)  # it is left out, not sent as null
    form = {name: said[name] for name in ("style", "explode") if name in said and schema.get("type") == "array"}
    return {"required": said.get("required", False), "schema": schema, **form}


def _content(said: Mapping[str, Any]) -> dict[str, Any]:
    """What may be sent or answered, by its type. What has no schema has nothing in it."""
    found = {kind: _schema(each["schema"]) for kind, each in said.get("content", {}).items() if each.get("schema")}
    for each in found.values():
        each.pop("nullable", None)
    return found


def _schema(said: Any) -> Any:
    """A schema in one of the ways to write it: null is a flag, a constant is an enum, sets are sorted."""
    if not isinstance(said, Mapping):
        return said
    if "$ref" in said:
        return {"$ref": _bare(said["$ref"])}
    choices = [_schema(each) for word in ("anyOf", "oneOf") for each in said.get(word, ())]
    parts = [_schema(each) for each in said.get("allOf", ())]
    found = {name: said[name] for name in PLAIN if name in said}
    if "const" in said:
        found["enum"] = [said["const"]]
    types = found.get("type")
    if isinstance(types, list):
        choices += [{"type": "null"}] if "null" in types else []
        named = sorted(each for each in types if each != "null")
        found["type"] = named[0] if len(named) == 1 else named
    if None in (enum := found.get("enum", ())):
        choices.append({"type": "null"})
        found["enum"] = [each for each in enum if each is not None]
    if {"type": "null"} in choices:
        choices, found["nullable"] = [each for each in choices if each != {"type": "null"}], True
    for only in [*parts, *(choices if len(choices) == 1 else ())]:
        found = {**only, **found}
    if len(choices) > 1:
        found["choices"] = sorted(choices, key=str)
    if "items" in said:
        found["items"] = _schema(said["items"])
    if said.get("properties"):
        found["properties"] = {name: _schema(each) for name, each in said["properties"].items()}
    for name in ("required", "enum"):
        if name in found:
            found[name] = sorted(found[name], key=str)
    if found.get("enum") and all(isinstance(each, str) for each in found["enum"]):
        found["type"] = "string"
    return found


def _bare(name: str) -> str:
    """A schema's name without what pydantic puts behind it, where what is sent has defaults that an answer has not."""
    return name.removesuffix("-Input").removesuffix("-Output")


def _different(path: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from _different(f"{path}/{name}", one.get(name, "nothing"), other.get(name, "nothing"))
    elif one != other and not ({str(one), str(other)} <= {"[]", "nothing", "None"}):
        yield f"{path}: {one} | {other}"
