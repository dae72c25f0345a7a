"""The OpenAPI document: valid, whole, without a route that the contract does not have, and true of every answer."""

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from backsmith.contract.model import Endpoint, Kind, Place, When
from backsmith.verify.court import STRANGER, Court, document
from backsmith.verify.model import Exchange
from backsmith.verify.world import World

RULE = "openapi"
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


async def openapi(court: Court, world: World) -> None:
    """Read the document, hold it against the contract, and hold the answers so far against it."""
    answer = await court.ask(STRANGER, "GET", "/openapi.json")
    found = document(answer)
    if not court.expect(isinstance(found, dict), RULE, "/openapi.json", "there is no document", answer):
        return
    _valid(court, found)
    operations = {operation["operationId"]: (path, method, operation) for path, method, operation in _operations(found)}
    _named(court, operations)
    for endpoint in court.contract.endpoints:
        if endpoint.documented and endpoint.operation in operations:
            _told(court, endpoint, *operations[endpoint.operation])
    await _looked_at(court, world)
    _answers(court, found)


def _operations(found: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in found.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _valid(court: Court, found: Mapping[str, Any]) -> None:
    try:
        validator: Any = importlib.import_module("openapi_spec_validator")
    except ImportError:
        court.untested(RULE, "the document itself", "openapi-spec-validator is not installed")
        return
    try:
        validator.validate(thinned(found))
    except Exception as error:  # of several libraries, each with its own
        court.expect(False, RULE, "the document itself", f"it is not valid: {type(error).__name__}: {str(error)[:300]}")
    else:
        court.expect(True, RULE, "the document itself", "")


def thinned(found: Mapping[str, Any]) -> dict[str, Any]:
    """The document with one parameter of each kind: filters are many, alike, and slow to validate."""
    kinds: set[str] = set()
    thin: dict[str, Any] = json.loads(json.dumps(found))
    for _, _, operation in _operations(thin):
        kept = []
        for parameter in operation.get("parameters", ()):
            kind = json.dumps({**parameter, "name": ""}, sort_keys=True)
            if parameter.get("in") == "path" or kind not in kinds:
                kept.append(parameter)
            kinds.add(kind)
        if "parameters" in operation:
            operation["parameters"] = kept
    return thin


def _named(court: Court, operations: Mapping[str, Any]) -> None:
    """Every operation of the contract is there, and no other: there is no route without a rule."""
    wanted = {each.operation for each in court.contract.endpoints if each.documented}
    for name in sorted(wanted):
        court.expect(name in operations, RULE, name, "the document does not have it")
    for name in sorted(operations.keys() - wanted):
        court.expect(False, RULE, name, "the contract does not have it: nobody has said who may call it")


def _told(court: Court, endpoint: Endpoint, path: str, method: str, operation: Mapping[str, Any]) -> None:
    """Where it stands, what it takes, how it answers, and whether it is open to strangers."""
    about = endpoint.operation
    right = (path, method) == (endpoint.path, endpoint.method.lower())
    court.expect(right, RULE, about, f"it is {method.upper()} {path} in place of {endpoint.method} {endpoint.path}")
    told = set(operation.get("responses", {}))
    lacking = [str(each.status) for each in endpoint.answers if str(each.status) not in told]
    lacking = [each for each in lacking if "default" not in told or each.startswith("2")]
    court.expect(not lacking, RULE, about, f"it does not name its answers {', '.join(lacking)}")
    parameters = [(each.get("in"), each.get("name")) for each in operation.get("parameters", ())]
    court.expect(len(parameters) == len(set(parameters)), RULE, about, "it names a parameter twice")
    there = {(each.get("in"), each.get("name", "").lower()) for each in operation.get("parameters", ())}
    needed = [each for each in endpoint.parameters if each.place is not Place.HEADER]
    missing = sorted(each.name for each in needed if (each.place.value, each.name.lower()) not in there)
    missing += sorted(name for name in endpoint.query if ("query", name.lower()) not in there and name not in missing)
    court.expect(not missing, RULE, about, f"it does not name its parameters {', '.join(missing[:5])}")
    court.expect(
        (endpoint.body is not None) == ("requestBody" in operation), RULE, about, "it is wrong about having a body"
    )
    if endpoint.kind is not Kind.AUTH and endpoint.rule.grant("nobody").when is When.NEVER:
        court.expect(bool(operation.get("security")), RULE, about, "it does not say that one has to sign in")


async def _looked_at(court: Court, world: World) -> None:
    """See one answer of each list and item at least."""
    for entity in world.entities():
        for row in (await world.rows(entity, limit=1))[:1]:
            await court.ask(world.admin, "GET", f"{world.path(entity)}/{row['id']}")
            await court.ask(world.admin, "PATCH", f"{world.path(entity)}/{row['id']}", json_body={})


def _answers(court: Court, found: Mapping[str, Any]) -> None:
    """What was answered in the whole judgement, a few of each kind, against what the document says of it."""
    try:
        jsonschema: Any = importlib.import_module("jsonschema")
    except ImportError:
        court.untested(RULE, "answers", "jsonschema is not installed")
        return
    templates = [
        (re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))), method, operation)
        for path, method, operation in sorted(_operations(found), key=lambda each: "{" in each[0])
    ]
    for exchange in court.seen():
        operation = _operation(templates, exchange)
        if operation is not None:
            _conforms(court, jsonschema, found, operation, exchange)


def _operation(templates: list[tuple[Any, str, Any]], exchange: Exchange) -> Mapping[str, Any] | None:
    path, method = exchange.request.path.partition("?")[0], exchange.request.method.lower()
    for pattern, its_method, operation in templates:
        if its_method == method and pattern.fullmatch(path):
            return dict(operation)
    return None


def _conforms(
    court: Court, jsonschema: Any, found: Mapping[str, Any], operation: Mapping[str, Any], exchange: Exchange
) -> None:
    assert exchange.answer is not None
    about, status = operation["operationId"], str(exchange.answer.status)
    responses = operation["responses"]
    response = responses.get(status) or responses.get("default")
    if not court.expect(response is not None, RULE, about, f"it does not name {status}", exchange) or not response:
        return
    content = response.get("content", {})
    media = (exchange.answer.header("content-type") or "").partition(";")[0]
    if not content or not exchange.answer.body:
        right = not exchange.answer.body
        court.expect(right, RULE, about, f"{status} has a body of which the document says nothing", exchange)
        return
    if not court.expect(media in content, RULE, about, f"{status} is {media}, and not documented so", exchange):
        return
    schema = content[media].get("schema")
    if schema is None or not media.endswith("json"):
        return
    validator = jsonschema.Draft202012Validator({**schema, "components": found.get("components", {})})
    wrong = next(validator.iter_errors(document(exchange)), None)
    place = "" if wrong is None else ".".join(map(str, wrong.absolute_path)) or "the whole"
    message = "" if wrong is None else f"{status}: {place}: not as the document says ({wrong.validator})"
    court.expect(wrong is None, RULE, about, message, exchange)
