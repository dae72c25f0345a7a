"""What must be refused: every mistake in every body, with its field named and nothing kept."""

from typing import Any

from backsmith.contract.model import Kind
from backsmith.verify.court import Court, codes, document, status
from backsmith.verify.groups import together
from backsmith.verify.mistakes import Mistake, mistakes
from backsmith.verify.model import Exchange
from backsmith.verify.subjects import Subject, fetched, subjects
from backsmith.verify.world import World

SAMPLED = 3
"""Of the mistakes in a body that replaces, each third is made: it is read like one that makes a row."""


async def refusals(court: Court, world: World) -> None:
    """Make every mistake in every body that the contract has."""
    async for subject in subjects(world):
        await _refused(court, world, subject)


async def _refused(court: Court, world: World, subject: Subject) -> None:
    before, total = await fetched(court, subject), await _total(court, world, subject)
    wrong = [each for each in mistakes(court.contract, subject.schema(court), new=subject.new) if _is_asked(each)]
    if subject.endpoint.kind is Kind.REPLACE:
        wrong = [each for place, each in enumerate(wrong) if place % SAMPLED == 0 or "required" in each.codes]
    answers = await together(subject.send(court, each.made(subject.body)) for each in wrong)
    for mistake, answer in zip(wrong, answers, strict=True):
        named(court, subject.name, mistake, answer)
    after = await fetched(court, subject)
    court.expect(after == before, "refuses-invalid", subject.name, "what was refused has changed the row")
    left = await _total(court, world, subject)
    court.expect(left == total, "refuses-invalid", subject.name, f"what was refused has made rows: {total}, now {left}")


def _is_asked(mistake: Mistake) -> bool:
    """The `id` of a part is read: what is wrong with one is asked elsewhere."""
    return mistake.path[-1] != "id" or len(mistake.path) == 1


def named(court: Court, about: str, mistake: Mistake, answer: Exchange) -> bool:
    """Note whether a mistake is answered with 422 that names its field and says its code."""
    found = status(answer)
    if not court.expect(found == 422, mistake.rule, about, f"{mistake.field}: {mistake.what}: {found}", answer):
        return False
    said = {code for field, code in codes(answer) if field == mistake.field}
    right = bool(said & set(mistake.codes))
    message = f"{mistake.field}: {mistake.what}: {sorted(said) or 'not named'} in place of {' or '.join(mistake.codes)}"
    return court.expect(right, mistake.rule, about, message, answer)


async def _total(court: Court, world: World, subject: Subject) -> Any:
    """How many rows there are, where mistakes could make one."""
    if subject.row is not None:
        return None
    answer = await court.ask(world.admin, "GET", world.path(subject.entity), query={"limit": 1, "count": True})
    return (document(answer) or {}).get("total")
