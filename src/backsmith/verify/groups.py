"""Asking many things at once, a few at a time."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

Result = TypeVar("Result")
AT_ONCE = 8


async def together(tasks: Iterable[Awaitable[Result]], at_once: int = AT_ONCE) -> list[Result]:
    """The results in the order of the tasks, of which so many run at once."""
    free = asyncio.Semaphore(at_once)

    async def run(task: Awaitable[Result]) -> Result:
        async with free:
            return await task

    return await asyncio.gather(*(run(task) for task in tasks))
