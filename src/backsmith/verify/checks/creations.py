"""What may be made and said: creating by everybody, fields that only some may write, rows that bodies may name."""

from contextlib import suppress
from typing import Any

from backsmith.design import types
from backsmith.design.expressions import Expr
from backsmith.design.model import Entity, Field, FieldAccess, Given
from backsmith.samples.oracle import UnknownWorthError
from backsmith.samples.rows import read_by, unique_sets
from backsmith.verify.checks.permissions import twin
from backsmith.verify.court import STRANGER, Account, Court, codes, document, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge, Row
from backsmith.verify.rows import abroad, populated, varied
from backsmith.verify.values import from_json, to_json
from backsmith.verify.verdicts import hides, refusal, refusal_of_all
from backsmith.verify.world import NotMadeError, World

BEYOND = 100
"""The number of a row beyond those whose accounts are taken."""
BODIES = 2
"""How many bodies everybody sends to every list."""


async def creations(court: Court, world: World) -> None:
    """Make rows as everybody, and say what not everybody may say."""
    await populated(world)
    known = await Knowledge(world).learn()
    for entity in world.entities():
        await _made(court, world, entity)
        for access in entity.access.fields:
            await _written(court, world, known, entity, access)
        await _kept_within(court, world, known, entity)
        await _foreign_parts(court, world, known, entity)
        await _deleted(court, world, known, entity)
    await _other_tenants(court, world)
    await _accounts(court, world)


# Making


async def _made(court: Court, world: World, entity: Entity) -> None:
    """Everybody sends bodies that name various rows; the rule is asked about what would become of them."""
    bodies: list[tuple[Account, dict[str, Any]]] = []
    for who in world.callers():
        if refusal_of_all(who, entity.access.create) is None:
            within = abroad(world) if who is world.foreigner else world
            with suppress(NotMadeError):
                bodies += [(who, await within.body(entity, **_named(world, entity))) for _ in range(BODIES)]
        else:
            await _closed(court, world, entity, who)
    known = await Knowledge(world).learn()
    for who, body in bodies:
        await _created(court, world, known, entity, who, body)


def _named(world: World, entity: Entity) -> dict[str, Any]:
    """Rows to name, as they are named elsewhere too."""
    found, apart = varied(world, entity, BEYOND), {name for names in unique_sets(entity) for name in names}
    links = (each for each in found if isinstance(entity.field(each[0]).type, types.Ref))
    return {name: value for name, value in links if name not in apart}


async def _closed(court: Court, world: World, entity: Entity, who: Account) -> None:
    wanted, about = refusal_of_all(who, entity.access.create), f"create of {entity.name} as {who.name}"
    for body in ({"surely_unknown": True}, {}):
        answer = await court.ask(who, "POST", world.path(entity), json_body=body)
        court.expect_status(answer, wanted or 0, "create-access", about, "who may not make any")


async def _created(
    court: Court, world: World, known: Knowledge, entity: Entity, who: Account, body: dict[str, Any]
) -> None:
    about = f"create of {entity.name} as {who.name}"
    try:
        wanted = _due(known, entity, who, body)
    except UnknownWorthError:
        court.untested("create-access", about, "what the rule asks of the new row is not known before")
        return
    maker = who.within(world.home) if who is world.admin else who
    answer = await court.ask(maker, "POST", world.path(entity), json_body=body)
    rules = {201: "create-access", 403: "create-access", 422: "not-found-references"}
    if status(answer) != 409:
        court.expect_status(answer, wanted, rules[wanted], about, "by the rule, and by what the body refers to")


def _due(known: Knowledge, entity: Entity, who: Account, body: dict[str, Any]) -> int:
    """201, 403 by the rule on the new row, or 422 where the body names rows that the caller may not read."""
    row: Row = {"id": None, "deleted_at": None}
    unknown = False
    for field in entity.fields:
        value = body.get(field.name)
        if isinstance(field.type, types.Ref):
            target = known.design.entity(field.type.target)
            found = None if value is None else known.rows[target.name].get(value)
            if value is not None and found is None:
                raise UnknownWorthError
            unknown = unknown or (found is not None and not known.sees(who, target, found))
            row[field.name] = found
        elif field.name in body and not isinstance(field.type, types.ToMany):
            row[field.name] = from_json(field.type, value)
        elif not isinstance(field.type, types.ToMany) and field.stored and field.set is None:
            row[field.name] = known.world.samples.default(field)
        if field.owner and field.name not in body and who.id is not None:
            row[field.name] = known.rows["User"][who.id]
    if unknown:
        return 422
    oracle = known.oracle(who)
    for field in entity.fields:
        if field.set is not None:
            row[field.name] = oracle.value(field.set, row)
    rules = [entity.access.create, *(each.write for each in entity.access.fields if each.field in body)]
    return 201 if all(rule is None or known.allows(who, rule, entity, row) for rule in rules) else 403


# Fields that only some may write


async def _written(court: Court, world: World, known: Knowledge, entity: Entity, access: FieldAccess) -> None:
    field = entity.field(access.field)
    if access.write is None or field.given is not Given.CLIENT or isinstance(field.type, types.Ref | types.ToMany):
        return
    for who in world.callers():
        may = [row for row in known.rows[entity.name].values() if _may_update(known, who, entity, row)]
        for row in court.random.sample(may, min(2, len(may))):
            allowed = _holds(known, who, access.write, row)
            values = [to_json(value) for value in world.samples.three(entity, field)]
            value = next((each for each in values if each != row.get(field.name)), None)
            if allowed or value is None:
                continue
            path, about = f"{world.path(entity)}/{row['id']}", f"{entity.name}.{field.name} as {who.name}"
            before = known.told[entity.name][row["id"]].get(field.name)
            answer = await court.ask(who, "PATCH", path, json_body={field.name: value})
            court.expect_status(answer, 403, "field-access", about, "who may not write this field")
            named = any(each == field.name for each, _ in codes(answer))
            court.expect(named or status(answer) != 403, "field-access", about, "the field is not named", answer)
            after = document(await court.ask(world.admin, "GET", path)) or {}
            court.expect(after.get(field.name) == before, "field-access", about, "the field has changed", answer)


def _may_update(known: Knowledge, who: Account, entity: Entity, row: Row) -> bool:
    try:
        return refusal(known, who, entity, row, entity.access.update) is None
    except UnknownWorthError:
        return False


def _holds(known: Knowledge, who: Account, rule: Expr, row: Row) -> bool:
    try:
        return "admin" in who.roles or known.oracle(who).holds(rule, row)
    except UnknownWorthError:
        return True


# Changing a row so that one could not have changed it


async def _kept_within(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    """Who updates a row must be able to update what it becomes: else 403, and nothing is kept."""
    reads = read_by(entity.access.update, entity)
    fields = [field for field in entity.fields if field.name in reads and field.given is Given.CLIENT]
    for who in world.people.values():
        mine = [row for row in known.rows[entity.name].values() if _may_update(known, who, entity, row)]
        for field in fields:
            for row in court.random.sample(mine, min(2, len(mine))):
                for value in _others(known, who, field, row):
                    if not _holds(known, who, entity.access.update, {**row, field.name: value}):
                        await _tried_to_leave(court, world, known, entity, who, row, field, value)
                        break


def _others(known: Knowledge, who: Account, field: Field, row: Row) -> list[Any]:
    """Other values that the field may have, and that the caller may name."""
    match field.type:
        case types.Ref(targets=(target,)):
            entity = known.design.entity(target)
            there = [each for each in known.rows[target].values() if known.sees(who, entity, each)]
            return [*([None] if field.optional else []), *(each for each in there if each is not row[field.name])]
        case types.Bool():
            return [not row[field.name]]
        case types.Enum(words=words):
            return [word for word in words if word != row[field.name]]
    return []


async def _tried_to_leave(
    court: Court, world: World, known: Knowledge, entity: Entity, who: Account, row: Row, field: Field, value: Any
) -> None:
    sent = value["id"] if isinstance(value, dict) else to_json(value)
    path, about = f"{world.path(entity)}/{row['id']}", f"update of {entity.name}.{field.name} as {who.name}"
    answer = await court.ask(who, "PATCH", path, json_body={field.name: sent})
    court.expect_status(answer, 403, "update-access", about, "the row would no longer be the caller's to change")
    after = document(await court.ask(world.admin, "GET", path)) or {}
    same = after.get(field.name) == known.told[entity.name][row["id"]].get(field.name)
    court.expect(same, "update-access", about, "what was refused has been kept", answer)


# Parts, deleted rows, tenants, accounts


async def _foreign_parts(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    """The id of another row's part is no part of this one: 422, and it stays where it is."""
    for field in entity.fields:
        if not isinstance(field.type, types.Parts) or field.given is not Given.CLIENT:
            continue
        wholes = [row for row in known.rows[entity.name].values() if row[field.name]]
        if len(wholes) < 2:
            continue
        mine, other = wholes[0], wholes[1]
        part = known.design.entity(field.type.target)
        item = await world.body(part) | {"id": other[field.name][0]["id"]}
        path, about = f"{world.path(entity)}/{mine['id']}", f"update_{entity.name.lower()}, {field.name}"
        answer = await court.ask(world.admin, "PATCH", path, json_body={field.name: [item]})
        court.expect_status(answer, 422, "parts", about, "the id of another row's part")
        again = await Knowledge(world).learn()
        same = again.told[part.name].get(item["id"]) == known.told[part.name][item["id"]]
        court.expect(same, "parts", about, "another row's part was changed", answer)
        same = [each["id"] for each in again.rows[entity.name][mine["id"]][field.name]] == [
            each["id"] for each in mine[field.name]
        ]
        court.expect(same, "parts", about, "the parts were changed by a request that was refused", answer)


async def _deleted(court: Court, world: World, known: Knowledge, entity: Entity) -> None:
    """What is deleted softly is out of everybody's sight, and comes back under the delete rule."""
    rows = [row for row in known.rows[entity.name].values() if row["id"] in world.made[entity.name]]
    if not entity.soft_delete or not rows:
        return
    try:
        id = await twin(world, entity, court.random.choice(rows))
    except NotMadeError:
        return
    before = await Knowledge(world).learn()
    row, path = before.rows[entity.name][id], f"{world.path(entity)}/{id}"
    about = f"deleted {entity.plural}"
    answer = await court.ask(world.admin, "DELETE", path)
    if not court.expect_status(answer, 204, "soft-delete", about, "an admin deletes a row that nothing refers to"):
        return
    world.gone.add(id)
    await together(_out_of_sight(court, world, before, entity, row, who) for who in world.callers())
    for who in world.callers():
        await _restored(court, world, before, entity, row, who)


async def _out_of_sight(court: Court, world: World, before: Knowledge, entity: Entity, row: Row, who: Account) -> None:
    about = f"deleted {entity.plural} as {who.name}"
    if not hides(entity, who):
        seen = [each["id"] for each in await world.rows(entity, who)]
        court.expect(row["id"] not in seen, "soft-delete", about, "the list shows a deleted row")
        exported = await court.ask(who, "GET", f"{world.path(entity)}/export", query={"format": "jsonl"})
        lines = exported.answer.body.splitlines() if exported.answer is not None else []
        there = any(line.startswith(f'{{"id":{row["id"]},'.encode()) for line in lines)
        court.expect(not there, "soft-delete", about, "the export shows a deleted row", exported)
        counted = document(await court.ask(who, "GET", world.path(entity), query={"limit": 1, "count": True})) or {}
        court.expect(counted.get("total") == len(seen), "soft-delete", about, "deleted rows are counted")
    for method, ending in (("GET", ""), ("PATCH", ""), ("DELETE", "")):
        body: Any = {} if method == "PATCH" else ...
        answer = await court.ask(who, method, f"{world.path(entity)}/{row['id']}{ending}", json_body=body)
        wanted = (401, 404) if who is STRANGER else 404
        court.expect_status(answer, wanted, "soft-delete", f"{about}, {method}", "a row that was deleted")
    for referring in before.design.entities:
        for field in referring.fields:
            if isinstance(field.type, types.Ref) and field.type.targets == (entity.name,) and not referring.whole:
                await _not_named(court, world, referring, field, row, who)


async def _not_named(court: Court, world: World, referring: Entity, field: Field, row: Row, who: Account) -> None:
    """No new row may refer to what is deleted."""
    if who is not world.admin or field.given is Given.SERVER:
        return
    try:
        body = await world.body(referring, **{field.name: row["id"]})
    except NotMadeError:
        return
    answer = await court.ask(who.within(world.home), "POST", world.path(referring), json_body=body)
    named = (field.name, "not_found") in codes(answer)
    about = f"{referring.name}.{field.name}"
    court.expect(status(answer) == 422 and named, "not-found-references", about, "a deleted row is named", answer)


async def _restored(court: Court, world: World, before: Knowledge, entity: Entity, row: Row, who: Account) -> None:
    path, about = f"{world.path(entity)}/{row['id']}", f"restore of {entity.name} as {who.name}"
    try:
        wanted = refusal(before, who, entity, row, entity.access.delete)
    except UnknownWorthError:
        return
    answer = await court.ask(who, "POST", f"{path}/restore")
    court.expect_status(answer, wanted or 200, "delete-access", about, "by the rule of deleting")
    if wanted is None and status(answer) == 200:
        there = await court.ask(world.admin, "GET", path)
        court.expect_status(there, 200, "soft-delete", about, "a row that was restored")
        again = await court.ask(who, "POST", f"{path}/restore")
        court.expect_status(again, 409, "soft-delete", about, "a row that is not deleted is restored")
        await court.ask(world.admin, "DELETE", path)


async def _other_tenants(court: Court, world: World) -> None:
    """A tenant that the caller is no member of is not there, and its rows cannot be named."""
    if world.foreign is None:
        return
    other = abroad(world)
    for entity in world.entities():
        if entity.scope is None or entity.tenant:
            continue
        for who in world.people.values():
            answer = await court.ask(who.within(world.foreign), "GET", world.path(entity))
            court.expect_status(answer, 404, "tenants", f"list_{entity.plural}", "another tenant is named")
        for field in entity.fields:
            target = field.type.target if isinstance(field.type, types.Ref) else "User"
            scoped = world.design.entity(target).scope is not None and not world.design.entity(target).tenant
            if not scoped or field.given is Given.SERVER or not isinstance(field.type, types.Ref):
                continue
            beyond = await other.reference(entity, field)
            for who in (world.admin.within(world.home), *world.people.values()):
                body = await world.body(entity, **{field.name: beyond})
                answer = await court.ask(who, "POST", world.path(entity), json_body=body)
                if status(answer) in (401, 403):
                    continue
                named = (field.name, "not_found") in codes(answer)
                about = f"{entity.name}.{field.name} as {who.name}"
                message = f"a row of another tenant is named: {status(answer)}"
                court.expect(status(answer) == 422 and named, "tenants", about, message, answer)


async def _accounts(court: Court, world: World) -> None:
    """Nobody but an admin makes or changes accounts; who may not see them is told that they are not there."""
    user, victim = world.design.entity("User"), world.admin
    known = await Knowledge(world).learn()
    for who in [STRANGER, *world.people.values()]:
        made = await court.ask(who, "POST", world.path(user), json_body={})
        wanted = refusal_of_all(who, user.access.create)
        if wanted is not None:
            court.expect_status(made, wanted, "create-access", f"create_user as {who.name}", "who may not")
        due = refusal(known, who, user, known.rows["User"][victim.id], user.access.update)
        if due is not None:
            body = {"roles": ["admin"], "active": False}
            answer = await court.ask(who, "PATCH", f"{world.path(user)}/{victim.id}", json_body=body)
            court.expect_status(answer, due, "update-access", f"update_user as {who.name}", "who may not")
    after = await Knowledge(world).learn()
    same = after.told["User"] == known.told["User"]
    court.expect(same, "update-access", "update_user", "accounts were changed by requests that were refused")
