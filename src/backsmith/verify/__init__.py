"""Judging a running server by the contract of its design, over HTTP alone: on any framework."""

from collections.abc import Callable, Collection

from backsmith.contract import contract as contract_of
from backsmith.design.model import Design
from backsmith.verify.checks import CHECKS
from backsmith.verify.court import Court, Mailbox, Target
from backsmith.verify.model import Answer, Exchange, Failure, Report, Request, Untested
from backsmith.verify.rules import RULES
from backsmith.verify.world import World, settled

__all__ = [
    "CHECKS",
    "RULES",
    "Answer",
    "Exchange",
    "Failure",
    "Mailbox",
    "Report",
    "Request",
    "Target",
    "Untested",
    "verify",
]


async def verify(
    design: Design,
    target: Target,
    *,
    only: Collection[str] = (),
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """The verdict about a server that should do what a lowered design says.

    only: names of checks, all without it. seed: what is chosen at random is chosen by it. tell: is told the name of
    each check as it begins.
    """
    court = Court(design, contract_of(design), target, seed=seed, tell=tell)
    async with court.client:
        world: World = await settled(court)
        for name, check in CHECKS.items():
            if not only or name in only:
                tell(name)
                await check(court, world)
    return court.report()
