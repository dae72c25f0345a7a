"""Judging a running server by the contract of its design, over HTTP alone: on any framework."""

import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from time import monotonic

from backsmith.contract import contract as contract_of
from backsmith.design.model import Design
from backsmith.verify.checks import CHECKS, Check
from backsmith.verify.court import Court, Mailbox, Target
from backsmith.verify.model import Answer, Exchange, Failure, Report, Request, Step, Untested
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
    "Step",
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
    tell: Callable[[Step], None] = lambda _: None,
) -> Report:
    """The verdict about a server that should do what a lowered design says.

    only: names of checks, all without it. seed: what is chosen at random is chosen by it. tell: is told of
    each check as it begins and as it ends.
    """
    court = Court(design, contract_of(design), target, seed=seed, tell=tell)
    async with court.client:
        try:
            world: World = await settled(court)
        except NotMadeError:  # nobody is let in; why is told
            return court.report()
        for name, check in CHECKS.items():
            if not only or name in only:
                tell(Step(check=name, ended=False))
                held, failed, asked, begun = court.held.total(), court.counted.total(), court.requests, monotonic()
                await _run(court, world, name, check)
                tell(
                    Step(
                        check=name,
                        ended=True,
                        held=court.held.total() - held,
                        failed=court.counted.total() - failed,
                        requests=court.requests - asked,
                        seconds=monotonic() - begun,
                    )
                )
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
