"""Asking several things at once, where their order does not matter."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

Found = TypeVar("Found")

AT_ONCE = 8
"""How many requests are on their way where nothing depends on their order."""


async def together(tasks: Iterable[Coroutine[Any, Any, Found]], at_once: int = AT_ONCE) -> list[Found]:
    """What all of these find, in their order; so many run at a time."""
    room = asyncio.Semaphore(at_once)

    async def one(task: Coroutine[Any, Any, Found]) -> Found:
        async with room:
            return await task

    return list(await asyncio.gather(*(one(task) for task in tasks)))
