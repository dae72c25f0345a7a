"""ETags and If-Match: what raises a version, and that no update is lost."""

from typing import Any

from backsmith.contract.model import Kind
from backsmith.design import types
from backsmith.design.model import Entity, Given
from backsmith.samples.rows import unique_sets
from backsmith.verify.checks.moves import path_to
from backsmith.verify.checks.permissions import replacement
from backsmith.verify.court import Court, codes, status
from backsmith.verify.crowd import together
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.leading import bounded
from backsmith.verify.values import to_json
from backsmith.verify.world import NotMadeError, World

MANY = 20


async def versions(court: Court, world: World) -> None:
    """Change rows in every way, with and without If-Match."""
    for entity in world.entities():
        try:
            await _raised(court, world, entity)
            await _matched(court, world, entity)
            await _at_once(court, world, entity)
        except NotMadeError:
            court.untested("etag", entity.name, "no row could be made")


async def _tag(court: Court, world: World, entity: Entity, id: Any) -> str:
    """The ETag of a row; noted where it is not strong."""
    answer = await court.ask(world.admin, "GET", f"{world.path(entity)}/{id}")
    tag = (answer.answer.header("etag") if answer.answer is not None else None) or ""
    strong = len(tag) > 2 and tag.startswith('"') and tag.endswith('"')
    court.expect(strong, "etag", f"get of {entity.name}", f"{tag!r} is no strong ETag", answer)
    return tag


async def _raised(court: Court, world: World, entity: Entity) -> None:
    """Each change gives another ETag, which is told with the answer."""
    id = await world.make(entity, full=True)
    known = await Knowledge(world).learn()
    row = known.rows[entity.name][id]
    for field in entity.fields:
        if field.given is not Given.CLIENT or field.private:
            continue
        if isinstance(field.type, types.Parts):
            part = known.design.entity(field.type.target)
            kept = [{"id": each["id"]} | _changed_part(world, part, each) for each in row[field.name][:1]]
            bodies: list[Any] = [kept, [*kept, await world.body(part)], []]
        elif isinstance(field.type, types.Many):
            other = await world.reference(entity, field)
            bodies = [[], [other]] if row[field.name] else [[other], []]
        else:
            continue
        for body in bodies:
            await _changes_tag(court, world, entity, id, {field.name: body})
    plain = next((body for body in _plain_changes(world, known, entity, id)), None)
    if plain is not None:
        await _changes_tag(court, world, entity, id, plain)
    await _raised_by_effects(court, world, entity)


def _changed_part(world: World, part: Entity, row: dict[str, Any]) -> dict[str, Any]:
    """Something that is new of a part."""
    for field in part.fields:
        if field.given is not Given.CLIENT or isinstance(field.type, types.Ref | types.ToMany) or field.name == "id":
            continue
        numbered = world.samples.numbered(part, field)
        values = [numbered.of(next(world.numbers))] if numbered else list(world.samples.three(part, field))
        value = next((each for each in values if each != row.get(field.name)), None)
        if value is not None:
            return {field.name: to_json(value)}
    return {}


def _plain_changes(world: World, known: Knowledge, entity: Entity, id: Any) -> list[dict[str, Any]]:
    """Bodies that change one field of a row, which nothing else depends on."""
    row, found = known.rows[entity.name][id], []
    apart = {name for names in unique_sets(entity) for name in names}
    spans = {name for overlap in entity.no_overlap for name in (overlap.start, overlap.end)}
    for field in entity.fields:
        sent = (
            field.given is Given.CLIENT and not field.private and not isinstance(field.type, types.Ref | types.ToMany)
        )
        if not sent or field.name in apart | spans:
            continue
        for value in world.samples.three(entity, field):
            if value != row.get(field.name) and world.samples.checked(entity, row | {field.name: value}):
                found.append({field.name: to_json(value)})
                break
    return found


async def _changes_tag(court: Court, world: World, entity: Entity, id: Any, body: dict[str, Any]) -> None:
    about = f"{entity.name}.{next(iter(body))}"
    old = await _tag(court, world, entity, id)
    answer = await court.ask(world.admin, "PATCH", f"{world.path(entity)}/{id}", json_body=body)
    if not court.expect_status(answer, 200, "etag", about, "a change by an admin"):
        return
    told = answer.answer.header("etag") if answer.answer is not None else None
    new = await _tag(court, world, entity, id)
    court.expect(new != old, "etag", about, f"{new} is the ETag before and after a change", answer)
    court.expect(told == new, "etag", about, f"the answer to the change has {told}, the row {new}", answer)


async def _raised_by_effects(court: Court, world: World, entity: Entity) -> None:
    """What effects change has another ETag too."""
    for found in bounded(world, entity):
        if found.move is None or not found.can_be_set:
            continue
        target = await found.target(world)
        id = await world.make(entity, **await found.body(world, target))
        await world.moved(entity, id, found.move.source[0])
        old, own = await _tag(court, world, found.holder, target), await _tag(court, world, entity, id)
        await world.move(entity, id, found.move)
        about = f"{found.move.name} {entity.name}"
        new, moved = await _tag(court, world, found.holder, target), await _tag(court, world, entity, id)
        court.expect(new != old, "etag", f"{about}, {found.path}", "the row that an effect changed keeps its ETag")
        court.expect(moved != own, "etag", about, "a row that was moved keeps its ETag")


async def _matched(court: Court, world: World, entity: Entity) -> None:
    """If-Match: another tag and a weak one are 412; the right one, a list with it, and `*` go on (RFC 9110, 13.1.1)."""
    path = world.path(entity)
    id = await world.make(entity, full=True)
    known = await Knowledge(world).learn()
    put = replacement(world, entity, known.told[entity.name][id])
    ways: list[tuple[str, str, Any]] = [("PATCH", "", {}), ("PUT", "", put), ("DELETE", "", ...)]
    for move in entity.moves:
        if known.told[entity.name][id].get(move.field) in move.source:
            ending = path_to(world, entity, "", move).removeprefix(f"{path}/")
            ways.append(("POST", ending, dict(world.inputs(entity, move)) or ...))
    for method, ending, body in ways:
        if method == "PUT" and world.endpoint(entity, Kind.REPLACE) is None:
            continue
        tag = await _tag(court, world, entity, id)
        if not tag:
            return
        about = f"{method} {entity.name}{ending}"
        if method in ("PATCH", "PUT"):
            stale, unknown = {"If-Match": '"999999"'}, {"surely_unknown": 1}
            answer = await court.ask(world.admin, method, f"{path}/{id}", json_body=unknown, headers=stale)
            court.expect_status(answer, 412, "order-of-answers", about, "stale, and not valid")
        for wrong in ('"999999"', f"W/{tag}", '"0", "999999"'):
            answer = await court.ask(
                world.admin, method, f"{path}/{id}{ending}", json_body=body, headers={"If-Match": wrong}
            )
            court.expect_status(answer, 412, "if-match", about, f"If-Match: {wrong} for {tag}")
            named = status(answer) != 412 or any(code == "stale" for _, code in codes(answer))
            court.expect(named, "if-match", about, "a 412 is not called `stale`", answer)
    for method, right in (("PATCH", "{}"), ("PATCH", '"999999", {}'), ("PATCH", "*"), ("PUT", "{}"), ("DELETE", "{}")):
        tag = await _tag(court, world, entity, id)
        sent: Any = {"PATCH": {}, "PUT": put, "DELETE": ...}[method]
        header = {"If-Match": right.replace("{}", tag)}
        answer = await court.ask(world.admin, method, f"{path}/{id}", json_body=sent, headers=header)
        refused = status(answer) in (412, 400, 404)
        court.expect(
            not refused, "if-match", f"{method} {entity.name}", f"{header} for {tag}: {status(answer)}", answer
        )
        if method == "DELETE" and status(answer) == 204:
            world.gone.add(id)


async def _at_once(court: Court, world: World, entity: Entity) -> None:
    """Of twenty updates that know the same version, one succeeds."""
    id = await world.make(entity)
    known = await Knowledge(world).learn()
    bodies = _plain_changes(world, known, entity, id) or [{}]
    tag = await _tag(court, world, entity, id)
    path, header = f"{world.path(entity)}/{id}", {"If-Match": tag}
    answers = await together(
        (court.ask(world.admin, "PATCH", path, json_body=bodies[0], headers=header) for _ in range(MANY)), MANY
    )
    found = sorted(status(each) for each in answers)
    message = f"{MANY} updates with one ETag gave {found}"
    court.expect(found == [200] + [412] * (MANY - 1), "race-etag", entity.name, message, *answers[:2])
