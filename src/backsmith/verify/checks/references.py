"""What bodies refer to: ids of rows that are absent, deleted or hidden are refused alike."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from backsmith.contract.model import Kind, When
from backsmith.design import naming, types
from backsmith.design.model import Entity, Field, Given
from backsmith.verify.checks.bodies import ABSENT
from backsmith.verify.checks.refusals import named
from backsmith.verify.court import Account, Court, document, status
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.mistakes import Mistake, Step, placed
from backsmith.verify.world import NotMadeError, World

RULE = "not-found-references"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a body refers to a row of `target`."""

    path: tuple[Step, ...]
    target: Entity


async def references(court: Court, world: World) -> None:
    """Refer to rows that are not there for the sender, in every place where a body refers to a row."""
    known = await Knowledge(world).learn()
    for entity in world.entities():
        with suppress(NotMadeError):
            await _refused(court, world, known, entity)
        for who in world.people.values():
            with suppress(NotMadeError):
                await _owned(court, world, entity, who)


def _places(world: World, entity: Entity, *outer: Step) -> list[Reference]:
    """Every reference in a body that makes a row, in its parts too."""
    found: list[Reference] = []
    for field in entity.fields:
        if field.given not in (Given.CLIENT, Given.ONCE) or field.private or field.name == entity.whole:
            continue
        match field.type:
            case types.Ref(target=target):
                found.append(Reference(path=(*outer, field.name), target=world.design.entity(target)))
            case types.Many(target=target):
                found.append(Reference(path=(*outer, field.name, 0), target=world.design.entity(target)))
            case types.Parts(target=target) if not outer:
                found += _places(world, world.design.entity(target), field.name, 0)
    return found


async def _refused(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    places = _places(world, entity)
    if not places:
        return
    body = await world.body(entity, full=True)
    for place in places:
        base = _with_list(body, place)
        await _absent_and_deleted(court, world, entity, base, place)
        for who in world.people.values():
            await _hidden(court, world, known, entity, base, place, who)


def _with_list(body: dict[str, Any], place: Reference) -> dict[str, Any]:
    """A body in which there is something at the place."""
    return placed(body, place.path[:-1], [0]) if place.path[-1] == 0 else body


def _mistake(place: Reference, id: Any, what: str) -> Mistake:
    return Mistake(path=place.path, value=id, codes=("not_found",), rule=RULE, what=what)


async def _absent_and_deleted(
    court: Court, world: World, entity: Entity, body: dict[str, Any], place: Reference
) -> None:
    about, admin = f"create_{naming.snake(entity.name)}", world.admin.within(world.home)
    absent = _mistake(place, ABSENT[place.target.ids.value == "uuid7"], "a row that is not there")
    answer = await court.ask(admin, "POST", world.path(entity), json_body=absent.made(body))
    named(court, about, absent, answer)
    if world.endpoint(place.target, Kind.DELETE) is None or place.target.tenant or place.target.builtin:
        return
    id = await world.make(place.target)
    gone = await court.ask(admin, "DELETE", f"{world.path(place.target)}/{id}")
    if status(gone) != 204:
        return
    deleted = _mistake(place, id, "a row that was deleted")
    other = await court.ask(admin, "POST", world.path(entity), json_body=deleted.made(body))
    if named(court, about, deleted, other):
        same = document(answer) == document(other)
        message = f"{deleted.field}: absent and deleted rows are answered differently"
        court.expect(same, RULE, about, message, answer, other)


async def _hidden(
    court: Court,
    world: World,
    known: Knowledge,
    entity: Entity,
    body: dict[str, Any],
    place: Reference,
    who: Account,
) -> None:
    """A row that the sender may not read is answered as one that is not there."""
    create = world.endpoint(entity, Kind.CREATE)
    readable = known.readable(who, place.target)
    if create is None or readable is None or not _may_create(create.rule.grants, who):
        return
    hidden = next((id for id in known.rows[place.target.name] if id not in readable), None)
    if hidden is None:
        return
    about = f"create_{naming.snake(entity.name)} as {who.name}"
    sent = {name: value for name, value in body.items() if not _is_owner(entity, name)}
    answers = []
    for id in (hidden, ABSENT[place.target.ids.value == "uuid7"]):
        mistake = _mistake(place, id, "a row that the sender may not read")
        answers.append(await court.ask(who, "POST", world.path(entity), json_body=mistake.made(sent)))
        if status(answers[-1]) == 403:  # not for this caller, whatever the row
            return
    named(court, about, _mistake(place, hidden, "a row that the sender may not read"), answers[0])
    same = document(answers[0]) == document(answers[1])
    court.expect(same, RULE, about, "hidden and absent rows are answered differently", *answers)


def _may_create(grants: Any, who: Account) -> bool:
    return any(grant.caller in who.roles | {"owner"} and grant.when is not When.NEVER for grant in grants)


def _is_owner(entity: Entity, name: str) -> bool:
    return _owner(entity) is not None and entity.field(name).owner


def _owner(entity: Entity) -> Field | None:
    return next((field for field in entity.fields if field.owner), None)


async def _owned(court: Court, world: World, entity: Entity, who: Account) -> None:
    """Nobody but an admin says who owns a row."""
    owner, create = _owner(entity), world.endpoint(entity, Kind.CREATE)
    if owner is None or create is None or not _may_create(create.rule.grants, who):
        return
    about = f"create_{naming.snake(entity.name)} as {who.name}"
    body = await world.body(entity) | {owner.name: world.admin.id}
    answer = await court.ask(who, "POST", world.path(entity), json_body=body)
    if status(answer) == 403:
        return
    what = "somebody else as the owner"
    mistake = Mistake(path=(owner.name,), value=None, codes=("read_only",), rule="mass-assignment", what=what)
    named(court, about, mistake, answer)
