"""Judging a running server by the contract of its design, over HTTP alone: on any framework."""

import traceback
from collections.abc import Callable, Collection
from pathlib import Path

from backsmith.contract import contract as contract_of
from backsmith.design.model import Design
from backsmith.verify.checks import CHECKS, Check
from backsmith.verify.court import Court, Mailbox, Target
from backsmith.verify.model import Answer, Exchange, Failure, Report, Request, Untested
from backsmith.verify.rules import RULES
from backsmith.verify.world import NotMadeError, World, settled

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
                await _run(court, world, name, check)
    return court.report()


async def _run(court: Court, world: World, name: str, check: Check) -> None:
    """Run a check to its end. An answer that is not made as the contract says stops it, and is a failure."""
    try:
        await check(court, world)
    except NotMadeError:
        return
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        court.expect(False, "shapes", name, f"an answer that it cannot read ended it: {error!r} at {place}")
