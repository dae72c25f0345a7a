"""Rows within rows: parts are replaced as a set, and so are many-to-many links."""

from contextlib import suppress
from typing import Any

from backsmith.design import naming, types
from backsmith.design.model import Entity, Field
from backsmith.verify.answers import difference, shows
from backsmith.verify.checks.bodies import ABSENT, Making
from backsmith.verify.checks.refusals import named
from backsmith.verify.court import Court, document, status
from backsmith.verify.mistakes import Mistake
from backsmith.verify.model import Exchange
from backsmith.verify.world import NotMadeError, World


async def parts(court: Court, world: World) -> None:
    """Change the parts and the links of a row of every entity that has any."""
    making = Making(court, world)
    for entity in world.entities():
        for field in entity.fields:
            with suppress(NotMadeError):
                if isinstance(field.type, types.Parts):
                    await _parts(making, entity, field)
                elif isinstance(field.type, types.Many) and field.type.target != "User" and not field.private:
                    await _links(making, entity, field)


class Whole:
    """A row whose parts are changed. Every change is judged by what is shown then, and by what is read after it."""

    def __init__(self, making: Making, entity: Entity, field: Field, row: dict[str, Any]) -> None:
        assert isinstance(field.type, types.Parts)
        self.making, self.court, self.entity, self.name = making, making.court, entity, field.name
        self.part = making.world.design.entity(field.type.target)
        self.place = f"{making.world.path(entity)}/{row['id']}"
        self.row = row
        self.about = f"update_{naming.snake(entity.name)}.{field.name}"

    async def patch(self, parts: list[Any]) -> Exchange:
        """Send these parts."""
        return await self.court.ask(self.making.admin, "PATCH", self.place, json_body={self.name: parts})

    async def read(self) -> list[dict[str, Any]]:
        """The parts that there are."""
        found = document(await self.court.ask(self.making.admin, "GET", self.place, query={"expand": self.name}))
        return list((found or {}).get(self.name) or ())

    async def accepts(self, parts: list[Any], why: str) -> list[dict[str, Any]] | None:
        """The parts after a change that must be possible."""
        answer = await self.patch(parts)
        if not self.court.expect_status(answer, 200, "parts", self.about, why):
            return None
        after = (document(answer) or {}).get(self.name)
        right = isinstance(after, list) and len(after) == len(parts)
        self.court.expect(right, "parts", self.about, f"{why}: the answer does not show the parts", answer)
        read = await self.read()
        right = {part["id"] for part in read} == {part["id"] for part in after or ()}
        self.court.expect(right, "parts", self.about, f"{why}: what is read is not what was answered", answer)
        return read

    async def refuses(self, parts: list[Any], path: tuple[str | int, ...], codes: tuple[str, ...], what: str) -> None:
        """Judge that a change is refused, and changes nothing."""
        before = await self.read()
        mistake = Mistake(path=(self.name, *path), value=None, codes=codes, rule="parts", what=what)
        answer = await self.patch(parts)
        named(self.court, self.about, mistake, answer)
        after = await self.read()
        self.court.expect(after == before, "parts", self.about, f"{what}: the parts have changed", answer)


async def _parts(making: Making, entity: Entity, field: Field) -> None:
    world, court = making.world, making.court
    assert isinstance(field.type, types.Parts)
    part = world.design.entity(field.type.target)
    first, second, third, other = [await world.body(part) for _ in range(4)]
    row = await making.make(entity, await world.body(entity) | {field.name: [first, second]})
    foreign = await making.make(entity, await world.body(entity) | {field.name: [other]})
    if row is None or foreign is None:
        return
    whole = Whole(making, entity, field, row)
    found = await whole.read()
    court.expect(
        shows(world.design, part, [first, second], found), "parts", whole.about, "the parts are not those sent"
    )
    if len(found) != 2:
        return
    kept = next((each for each in found if not difference(world.design, part, first, each)), found[0])
    gone = next(each for each in found if each is not kept)
    after = await whole.accepts([{"id": kept["id"]}, third], "one kept by its id, one new, one left out")
    if after is not None:
        ids = {each["id"] for each in after}
        court.expect(kept["id"] in ids, "parts", whole.about, "a part that was sent with its id is another one")
        court.expect(gone["id"] not in ids, "parts", whole.about, "a part that was left out is still there")
        same = next((each for each in after if each["id"] == kept["id"]), None)
        right = same is not None and _same(same, kept)
        court.expect(right, "parts", whole.about, "a part that was sent with its id alone has changed")
    stolen = foreign[field.name][0]["id"]
    absent = ABSENT[part.ids.value == "uuid7"]
    for id, what in (
        (stolen, "the id of another row's part"),
        (gone["id"], "a part that is gone"),
        (absent, "no part"),
    ):
        await whole.refuses([{**third, "id": id}], (0, "id"), ("not_found",), what)
    await whole.refuses([{"id": kept["id"]}] * 2, (1, "id"), ("duplicate", "not_found"), "an id that stands twice")
    await whole.refuses([{"id": "none" if part.ids.value == "uuid7" else "7"}], (0, "id"), ("type", "format"), "no id")
    await _untouched(making, entity, field, foreign, other, part)
    unsent = await court.ask(making.admin, "PATCH", whole.place, json_body={})
    left = (document(unsent) or {}).get(field.name)
    court.expect(bool(left), "parts", whole.about, "parts that were not sent are gone", unsent)
    if await whole.accepts([], "no parts at all") is not None:
        court.expect(await whole.read() == [], "parts", whole.about, "parts are left of an empty list")


def _same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    return {**left, "updated_at": None} == {**right, "updated_at": None}


async def _untouched(
    making: Making, entity: Entity, field: Field, foreign: dict[str, Any], sent: dict[str, Any], part: Entity
) -> None:
    """Another row's part is as it was."""
    place, query = f"{making.world.path(entity)}/{foreign['id']}", {"expand": field.name}
    answer = await making.court.ask(making.admin, "GET", place, query=query)
    found = (document(answer) or {}).get(field.name)
    right = shows(making.world.design, part, [sent], found)
    about = f"update_{naming.snake(entity.name)}.{field.name}"
    making.court.expect(right, "parts", about, "the part of another row has changed", answer)


async def _links(making: Making, entity: Entity, field: Field) -> None:
    """Many-to-many: replaced as a set, whatever the order and however often one is named."""
    world, court = making.world, making.court
    assert isinstance(field.type, types.Many)
    target = world.design.entity(field.type.target)
    one, two, three = [await world.make(target) for _ in range(3)]
    row = await making.make(entity, await world.body(entity) | {field.name: [one, two]})
    if row is None:
        return
    about, place = f"update_{naming.snake(entity.name)}.{field.name}", f"{world.path(entity)}/{row['id']}"

    async def holds(wanted: set[Any], why: str) -> None:
        answer = await court.ask(making.admin, "GET", place, query={"expand": field.name})
        found = [each["id"] for each in (document(answer) or {}).get(field.name) or ()]
        right = sorted(map(str, found)) == sorted(map(str, wanted))
        court.expect(right, "parts", about, f"{why}: {len(found)} links in place of {len(wanted)}", answer)

    await holds({one, two}, "as made")
    for ids, why in (([three, one], "replaced"), ([one, one], "named twice"), ([], "emptied"), ([two], "filled")):
        answer = await court.ask(making.admin, "PATCH", place, json_body={field.name: ids})
        if status(answer) == 422 and why == "named twice":  # may be refused as well
            continue
        court.expect_status(answer, 200, "parts", about, why)
        await holds(set(ids), why)
    absent = ABSENT[target.ids.value == "uuid7"]
    answer = await court.ask(making.admin, "PATCH", place, json_body={field.name: [one, absent]})
    gone = Mistake(
        path=(field.name, 1), value=absent, codes=("not_found",), rule="not-found-references", what="a link to no row"
    )
    named(court, about, gone, answer)
    await holds({two}, "after what was refused")
