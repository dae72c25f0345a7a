"""Who may change what: every way to change a row, by everybody, in every state. What is refused changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from backsmith.contract.model import Endpoint, Kind
from backsmith.design import types
from backsmith.design.expressions import Expr
from backsmith.design.model import Entity, Field, Given
from backsmith.samples.oracle import UnknownWorthError
from backsmith.samples.rows import unique_sets
from backsmith.verify.court import Account, Court, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge, Row
from backsmith.verify.rows import abroad, populated
from backsmith.verify.values import to_json
from backsmith.verify.verdicts import refusal
from backsmith.verify.world import NotMadeError, World, state_field

REFUSED = 3
"""How many rows one caller is refused to change in one way, for each status that is due."""
NONSENSE = {"surely_unknown": True}
STALE = {"If-Match": '"999999"'}

RULES = {Kind.UPDATE: "update-access", Kind.REPLACE: "update-access", Kind.DELETE: "delete-access"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to change a row: its endpoint, its rule, and the states that it begins in (any, where there are none)."""

    endpoint: Endpoint
    rule: Expr
    states: tuple[str, ...] = ()

    @property
    def judged_by(self) -> str:
        return RULES.get(self.endpoint.kind, "move-access")

    @property
    def success(self) -> tuple[int, ...]:
        """The statuses of those who may; what else is wrong with a request is told to them alone."""
        done = {Kind.DELETE: (204,), Kind.ACTION: (200, 204, 501)}
        return done.get(self.endpoint.kind, (200,))

    def path(self, id: Any) -> str:
        return self.endpoint.path.replace("{id}", str(id))


async def permissions(court: Court, world: World) -> None:
    """Try everything on rows of every kind."""
    await populated(world)
    for entity in world.entities():
        known = await Knowledge(world).learn()
        await _refused(court, world, known, entity)
        await _allowed(court, world, known, entity)


def ways(world: World, entity: Entity) -> Iterator[Way]:
    """Every endpoint that changes one row of this entity, but for restoring it."""
    access = entity.access
    rules = {Kind.UPDATE: access.update, Kind.REPLACE: access.update, Kind.DELETE: access.delete}
    for endpoint in world.court.contract.of(entity.name):
        if endpoint.kind in rules:
            yield Way(endpoint, rules[endpoint.kind])
        elif endpoint.kind is Kind.MOVE:
            move = next(found for found in entity.moves if found.name == endpoint.action)
            yield Way(endpoint, move.by, move.source)
        elif endpoint.kind is Kind.ACTION and "{id}" in endpoint.path:
            yield Way(endpoint, next(found for found in entity.actions if found.name == endpoint.action).by)


# What is refused


async def _refused(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    tasks = []
    for way in ways(world, entity):
        for who in world.callers():
            due: dict[int, list[Row]] = defaultdict(list)
            for row in known.rows[entity.name].values():
                found = _refusal(known, who, entity, row, way.rule)
                if found is not None:
                    due[found].append(row)
            for wanted, rows in due.items():
                chosen = court.random.sample(rows, min(REFUSED, len(rows)))
                tasks += [_tried(court, way, who, row, wanted, place) for place, row in enumerate(chosen)]
    await together(tasks)
    _unchanged(court, known, await Knowledge(world).learn(), entity)


def _refusal(known: Knowledge, who: Account, entity: Entity, row: Row, rule: Expr) -> int | None:
    try:
        return refusal(known, who, entity, row, rule)
    except UnknownWorthError:
        known.world.court.untested("update-access", entity.name, "a rule looks at a field that no one is told")
        return None


async def _tried(court: Court, way: Way, who: Account, row: Row, wanted: int, place: int) -> None:
    """Refusals come before anything is said of the version and of the body."""
    headers = STALE if place % 2 else {}
    body = ... if way.endpoint.method == "DELETE" else (NONSENSE if place else {})
    answer = await court.ask(who, way.endpoint.method, way.path(row["id"]), json_body=body, headers=headers)
    about = f"{way.endpoint.operation} as {who.name}"
    found = status(answer)
    rule = "order-of-answers" if found in (409, 412, 422) else way.judged_by
    court.expect_status(answer, wanted, rule, about, "who may not")


def _unchanged(court: Court, before: Knowledge, after: Knowledge, entity: Entity) -> None:
    old, new = before.told[entity.name], after.told[entity.name]
    changed = [id for id, row in old.items() if new.get(id) != row]
    message = f"refused requests have changed the rows {changed[:5]}"
    court.expect(not changed, "update-access", f"{entity.plural}, after refusals", message)


# What is allowed


async def _allowed(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    """For every caller and way, a fresh row like one that they may change so."""
    fresh: list[tuple[Way, Account, Any]] = []
    for way in ways(world, entity):
        for who in world.callers():
            likely = [row for row in known.rows[entity.name].values() if _may(known, who, entity, row, way)]
            with suppress(NotMadeError):
                if likely:
                    fresh.append((way, who, await twin(world, entity, court.random.choice(likely))))
    known = await Knowledge(world).learn()
    await together(_changed(court, world, known, entity, way, who, id) for way, who, id in fresh)


def _may(known: Knowledge, who: Account, entity: Entity, row: Row, way: Way) -> bool:
    if way.states and row[state_field(entity, way.states[0])] not in way.states:
        return False
    return _refusal(known, who, entity, row, way.rule) is None


async def _changed(
    court: Court, world: World, known: Knowledge, entity: Entity, way: Way, who: Account, id: Any
) -> None:
    row = known.rows[entity.name].get(id)
    if row is None or not _may(known, who, entity, row, way):
        return
    body = _valid_body(world, known, entity, way, id)
    answer = await court.ask(who, way.endpoint.method, way.path(id), json_body=body)
    about, found = f"{way.endpoint.operation} as {who.name}", status(answer)
    if found in (401, 403, 404) or found in way.success:
        court.expect_status(answer, way.success, way.judged_by, about, "who may")
    if way.endpoint.kind is Kind.DELETE and found == 204:
        world.gone.add(id)


async def twin(world: World, entity: Entity, like: Row) -> Any:
    """The id of a new row of the same owner, with the same references, in the same state. Raises NotMadeError."""
    given: dict[str, Any] = {}
    apart = {name for names in unique_sets(entity) for name in names}
    for field in entity.fields:
        value = like.get(field.name)
        if field.given is Given.SERVER or field.private or (field.name in apart and not field.owner):
            continue
        if isinstance(field.type, types.Ref):
            given[field.name] = None if value is None else value["id"]
        elif isinstance(field.type, types.Many):
            given[field.name] = [other["id"] for other in value or ()]
        elif isinstance(field.type, types.Bool):
            given[field.name] = value
    elsewhere = world.foreign is not None and entity.scope is not None and like["id"] not in world.made[entity.name]
    within = abroad(world) if elsewhere else world
    id = await within.make(entity, **given)
    for moved in sorted({move.field for move in entity.moves}):
        await within.moved(entity, id, like[moved])
    return id


def _valid_body(world: World, known: Knowledge, entity: Entity, way: Way, id: Any) -> Any:
    match way.endpoint.kind:
        case Kind.UPDATE:
            return {}
        case Kind.REPLACE:
            return replacement(world, entity, known.told[entity.name][id])
        case Kind.MOVE:
            return world.inputs(entity, next(each for each in entity.moves if each.name == way.endpoint.action)) or ...
        case Kind.ACTION:
            action = next(each for each in entity.actions if each.name == way.endpoint.action)
            return sent_with(world, entity, action.input) or ({} if action.input else ...)
    return ...


def sent_with(world: World, entity: Entity, fields: Sequence[Field]) -> dict[str, Any]:
    """A body with valid values for these fields."""
    found = {field.name: world.samples.three(entity, field) for field in fields}
    return {name: to_json(values[0]) for name, values in found.items() if values}


def replacement(world: World, entity: Entity, told: Row) -> dict[str, Any]:
    """A body for PUT that says of a row what it is already, as far as everybody may say it."""
    guarded = {access.field for access in entity.access.fields}
    schema = world.court.contract.schema(f"{entity.name}Replace")
    kept = {each.name for each in schema.properties if each.given is Given.CLIENT and not each.many}
    return {name: value for name, value in told.items() if name in kept - guarded}
