"""Every endpoint that takes a body, with a body that it accepts: what mistakes are made in."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from backsmith.contract.model import JSON, Endpoint, Kind, Schema
from backsmith.design import naming
from backsmith.design.model import Entity, Register
from backsmith.verify.court import STRANGER, Account, Court, document
from backsmith.verify.model import Exchange
from backsmith.verify.momentary import momentary
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World

WRITES = {Kind.UPDATE: False, Kind.REPLACE: True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An endpoint that takes a body. body: one that it accepts (of an update: no change at all); new: whether what is
    required has to be there; row: the path of the row that it is about, which no mistake may change."""

    endpoint: Endpoint
    entity: Entity
    who: Account
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    new: bool = True
    row: str | None = None

    @property
    def name(self) -> str:
        """What failures call it."""
        return self.endpoint.operation

    def schema(self, court: Court) -> Schema:
        """The schema of its body."""
        assert self.endpoint.body is not None
        return court.contract.schema(self.endpoint.body.schema)

    async def send(self, court: Court, body: Any, **how: Any) -> Exchange:
        """Send a body."""
        return await court.ask(self.who, self.endpoint.method, self.path, json_body=body, **how)


async def subjects(world: World) -> AsyncIterator[Subject]:
    """The endpoints that take JSON, as an admin meets them; what cannot be made is left out, and told already."""
    for entity in world.entities():
        with suppress(NotMadeError):
            async for found in _of_entity(world, entity):
                yield found
    for found in _of_accounts(world):
        yield found


async def _of_entity(world: World, entity: Entity) -> AsyncIterator[Subject]:
    admin = world.admin.within(world.home)
    create = world.endpoint(entity, Kind.CREATE)
    assert create is not None
    body = await world.body(entity, full=True)
    yield Subject(endpoint=create, entity=entity, who=admin, path=world.path(entity), body=body)
    id = await world.make(entity, full=True)
    row = f"{world.path(entity)}/{id}"
    for kind, new in WRITES.items():
        endpoint = world.endpoint(entity, kind)
        assert endpoint is not None
        again = _again(world.court, endpoint, body) if new else {}
        yield Subject(endpoint=endpoint, entity=entity, who=admin, path=row, body=again, new=new, row=row)
    for move in entity.moves:
        if move.input:
            endpoint = world.endpoint(entity, Kind.MOVE, move.name)
            assert endpoint is not None
            with suppress(NotMadeError):
                moved = await world.make(entity)
                await world.moved(entity, moved, move.source[0])
                place = f"{world.path(entity)}/{moved}"
                path, inputs = f"{place}/{naming.kebab(move.name)}", dict(world.inputs(entity, move))
                yield Subject(endpoint=endpoint, entity=entity, who=admin, path=path, body=inputs, row=place)
    for action in entity.actions:
        endpoint = world.endpoint(entity, Kind.ACTION, action.name)
        if action.input and endpoint is not None:
            path = endpoint.path.replace("{id}", str(id))
            sent = {each.name: world.samples.three(entity, each) for each in action.input}
            inputs = {name: to_json(values[0]) for name, values in sent.items() if values}
            yield Subject(endpoint=endpoint, entity=entity, who=admin, path=path, body=inputs)


def _again(court: Court, endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
    """A body that makes a row, as one that replaces it."""
    assert endpoint.body is not None
    schema = court.contract.schema(endpoint.body.schema)
    kept = {sent.name for sent in schema.properties if not sent.read_only}
    return {name: value for name, value in body.items() if name in kept}


def _of_accounts(world: World) -> list[Subject]:
    """Making and changing accounts, and the forms of signing in that take JSON."""
    court, user, admin = world.court, world.design.entity("User"), world.admin
    prefix, found = court.contract.prefix, list[Subject]()
    base = account_body(world, "UserCreate") | {"roles": [world.design.auth.roles[0]]}
    create, update = world.endpoint(user, Kind.CREATE), world.endpoint(user, Kind.UPDATE)
    assert create is not None
    assert update is not None
    found.append(Subject(endpoint=create, entity=user, who=admin, path=world.path(user), body=base))
    changed = f"{world.path(user)}/{admin.id}"
    found.append(Subject(endpoint=update, entity=user, who=admin, path=changed, new=False, row=changed))
    me = court.contract.endpoint("update_me")
    own = f"{prefix}/auth/me"
    found.append(Subject(endpoint=me, entity=user, who=admin, path=own, new=False, row=own))
    if world.design.auth.register is Register.OPEN:
        register = court.contract.endpoint("register")
        body = account_body(world, "Register") | {"password": "a quiet river bank"}
        found.append(Subject(endpoint=register, entity=user, who=STRANGER, path=register.path, body=body))
    return [each for each in found if each.endpoint.body is not None and each.endpoint.body.media == JSON]


def account_body(world: World, schema: str) -> dict[str, Any]:
    """A body that makes an account, without its roles or its password."""
    user = world.design.entity("User")
    body: dict[str, Any] = {"email": f"subject-{next(world.numbers)}@example.com", "name": "Somebody"}
    for sent in world.court.contract.schema(schema).properties:
        if sent.required and not sent.read_only and sent.name not in (*body, "roles", "password", "invitation"):
            body[sent.name] = world.value(user, sent)
    return body


async def fetched(court: Court, subject: Subject) -> Any:
    """The row that a subject is about, as it is but for what changes by itself; None where it is about none."""
    if subject.row is None:
        return None
    row = document(await court.ask(subject.who, "GET", subject.row)) or {}
    return {name: value for name, value in row.items() if name not in momentary(subject.entity)}
