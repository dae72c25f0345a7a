"""What is deleted is gone, unless others refer to it; what is deleted softly can come back."""

from contextlib import suppress
from typing import Any

from backsmith.contract.model import Kind
from backsmith.design import naming, types
from backsmith.design.model import Entity, Field, Given, OnDelete
from backsmith.verify.checks.bodies import Making
from backsmith.verify.checks.constraints import unique_of
from backsmith.verify.court import Court, codes, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.world import NotMadeError, World


async def removal(court: Court, world: World) -> None:
    """Delete rows of every entity: free ones, and ones that others refer to."""
    making = Making(court, world)
    for entity in world.entities():
        if world.endpoint(entity, Kind.DELETE) is None or entity.tenant:
            continue
        with suppress(NotMadeError):
            await _gone(making, entity)
        for holder, field in _references_to(world, entity):
            with suppress(NotMadeError):
                await _referred(making, entity, holder, field)
        if entity.soft_delete:
            with suppress(NotMadeError):
                await _restored(making, entity)


class Deleting:
    """What is judged of deletions."""

    def __init__(self, making: Making, entity: Entity) -> None:
        self.making, self.court, self.entity = making, making.court, entity
        self.about = f"delete_{naming.snake(entity.name)}"
        self.rule = "soft-delete" if entity.soft_delete else "delete"

    def place(self, id: Any) -> str:
        return f"{self.making.world.path(self.entity)}/{id}"

    async def delete(self, id: Any) -> Exchange:
        """Delete a row."""
        return await self.court.ask(self.making.admin, "DELETE", self.place(id))

    async def gone(self, id: Any) -> bool:
        """Delete a row that can be deleted, and judge that it is gone."""
        if not self.court.expect_status(await self.delete(id), 204, self.rule, self.about, "a row that nobody needs"):
            return False
        answer = await self.court.ask(self.making.admin, "GET", self.place(id))
        return self.court.expect_status(answer, 404, self.rule, self.about, "the row afterwards")


async def _gone(making: Making, entity: Entity) -> None:
    world, court, deleting = making.world, making.court, Deleting(making, entity)
    id = await world.make(entity)
    if not await deleting.gone(id):
        return
    court.expect_status(await deleting.delete(id), 404, deleting.rule, deleting.about, "the row once more")
    answer = await court.ask(making.admin, "PATCH", deleting.place(id), json_body={})
    court.expect_status(answer, 404, deleting.rule, deleting.about, "a change of the row afterwards")
    left = {row["id"] for row in await world.rows(entity, sort="id")}
    court.expect(id not in left, deleting.rule, deleting.about, "the list still shows it")


def _references_to(world: World, entity: Entity) -> list[tuple[Entity, Field]]:
    """The fields that lead to rows of this entity, with their entities."""
    return [
        (holder, field)
        for holder in world.design.entities
        if not holder.builtin
        for field in holder.fields
        if isinstance(field.type, types.Ref)
        and field.type.target == entity.name
        and field.given in (Given.CLIENT, Given.ONCE)
        and field.name != holder.whole
        and not field.private
    ]


async def _referred(making: Making, entity: Entity, holder: Entity, field: Field) -> None:
    """Delete a row that another one refers to."""
    world, court, deleting = making.world, making.court, Deleting(making, entity)
    id = await world.make(entity)
    row = await _holding(making, holder, field, id)
    if row is None:
        return
    owner, path = row
    answer = await deleting.delete(id)
    what = f"a row that {holder.name}.{field.name} refers to"
    if field.on_delete is OnDelete.RESTRICT:
        if court.expect_status(answer, 409, "delete", deleting.about, what):
            said = {code for _, code in codes(answer)}
            court.expect("in_use" in said, "delete", deleting.about, f"{what}: the code is {sorted(said)}", answer)
        still = await court.ask(making.admin, "GET", deleting.place(id))
        court.expect_status(still, 200, "delete", deleting.about, f"{what}, afterwards")
        await court.ask(making.admin, "DELETE", path)
        if not owner.soft_delete and world.endpoint(owner, Kind.DELETE) is not None:
            await deleting.gone(id)
        return
    court.expect_status(answer, 204, "delete", deleting.about, what)
    if holder is not owner or entity.soft_delete:
        return
    after = await court.ask(making.admin, "GET", path)
    if field.on_delete is OnDelete.CASCADE:
        court.expect_status(after, 404, "delete", deleting.about, f"the row of {holder.name} that goes with it")
    elif court.expect_status(after, 200, "delete", deleting.about, f"the row of {holder.name} that stays"):
        right = document(after)[field.name] is None
        court.expect(right, "delete", deleting.about, f"{holder.name}.{field.name} still leads to it", after)


async def _holding(making: Making, holder: Entity, field: Field, id: Any) -> tuple[Entity, str] | None:
    """A row that refers to this one, be it in a part: the entity of the whole, and its path."""
    world = making.world
    owner, body = holder, {field.name: id}
    while owner.whole is not None:
        reference = owner.field(owner.whole)
        assert isinstance(reference.type, types.Ref)
        whole = world.design.entity(reference.type.target)
        parts = next(
            each for each in whole.fields if isinstance(each.type, types.Parts) and each.type.target == owner.name
        )
        body = {parts.name: [await world.body(owner) | body]}
        owner = whole
    row = await making.make(owner, await world.body(owner) | body)
    return None if row is None else (owner, f"{world.path(owner)}/{row['id']}")


# Soft deletion


async def _restored(making: Making, entity: Entity) -> None:
    world, court, deleting = making.world, making.court, Deleting(making, entity)
    about = f"restore_{naming.snake(entity.name)}"
    body = await world.body(entity, full=True)
    row = await making.make(entity, body)
    if row is None:
        return
    before = document(await court.ask(making.admin, "GET", deleting.place(row["id"])))
    if not await deleting.gone(row["id"]):
        return
    restore = f"{deleting.place(row['id'])}/restore"
    await _freed(making, entity, body, restore, about)
    answer = await court.ask(making.admin, "POST", restore)
    if not court.expect_status(answer, 200, "soft-delete", about, "a row that was deleted"):
        return
    after = document(await court.ask(making.admin, "GET", deleting.place(row["id"])))
    moving = {"updated_at", "links"} | {each.name for each in entity.fields if each.computed is not None}
    changed = [name for name in before if name not in moving and before[name] != (after or {}).get(name, ...)]
    court.expect(not changed, "soft-delete", about, f"restored, but otherwise: {', '.join(changed)}", answer)


async def _freed(making: Making, entity: Entity, body: dict[str, Any], restore: str, about: str) -> None:
    """What is deleted does not keep what is unique from others, and cannot come back while another has it."""
    world, court = making.world, making.court
    unique = [fields for fields, _ in unique_of(entity) if any(name in body for name in fields)]
    if not unique:
        return
    shared = {name: body[name] for fields in unique for name in fields if name in body}
    fresh = await world.body(entity, full=True) | shared
    answer = await court.ask(making.admin, "POST", world.path(entity), json_body=fresh)
    if not court.expect_status(answer, 201, "soft-delete", about, "a row with what was unique of a deleted one"):
        return
    refused = await court.ask(making.admin, "POST", restore)
    court.expect_status(refused, 409, "soft-delete", about, "a row whose place is taken")
    other = document(answer)["id"]
    freed = await court.ask(making.admin, "DELETE", f"{world.path(entity)}/{other}")
    court.expect(status(freed) == 204, "soft-delete", about, "the other row cannot be deleted", freed)
