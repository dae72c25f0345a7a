"""Clients that note what they are told: no answer is taken for granted, and none goes unseen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any

import httpx2

from .served import ADMIN, Served

ITEMS = "/api/v1/items"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. status 0: the connection ended without one; began and ended: by the monotonic clock."""

    way: str
    status: int
    began: float
    ended: float
    headers: httpx2.Headers = field(default_factory=httpx2.Headers)
    text: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def is_refusal(self) -> bool:
        """Whether it says, as every client can read it, that another try is worth it."""
        kind = self.headers.get("content-type")
        return self.status == 503 and kind == "application/problem+json" and int(self.headers["retry-after"]) >= 1


class Client:
    """A signed-in clerk."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def ask(self, method: str, path: str, *, way: str = "", **rest: Any) -> Answer:
        """Ask, and note the answer."""
        began = monotonic()
        try:
            found = await self.http.request(method, path, **rest)
        except httpx2.TransportError as error:
            return Answer(way=way, status=0, began=began, ended=monotonic(), text=repr(error))
        return Answer(
            way=way,
            status=found.status_code,
            began=began,
            ended=monotonic(),
            headers=found.headers,
            text=found.text,
        )

    async def make(self, code: str, **columns: Any) -> Answer:
        """Make an item in one statement."""
        return await self.ask("POST", ITEMS, way="make", json={"code": code, **columns})

    async def make_once(self, code: str, **columns: Any) -> Answer:
        """Make an item in a transaction, with the answer."""
        key = {"Idempotency-Key": f"key of {code}"}
        return await self.ask("POST", ITEMS, way="make once", json={"code": code, **columns}, headers=key)

    async def change(self, id: int, **columns: Any) -> Answer:
        """Change an item in a transaction."""
        return await self.ask("PATCH", f"{ITEMS}/{id}", way="change", json=columns)

    async def read(self) -> Answer:
        return await self.ask("GET", ITEMS, way="read", params={"limit": 2})


async def within(seconds: float, asked: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, if it comes within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except TimeoutError:
        return None


@asynccontextmanager
async def client(served: Served) -> AsyncIterator[Client]:
    """A client of the server, signed in."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(base_url=served.url, timeout=120, limits=limits) as http:
        form = {"username": ADMIN[0], "password": ADMIN[1]}
        token = (await http.post("/api/v1/auth/token", data=form)).raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Client(http)


class Load:
    """Requests one after the other in several tasks, and every answer to them."""

    def __init__(self, client: Client, prefix: str = "code") -> None:
        self.client, self.prefix = client, prefix
        self.answers: list[Answer] = []
        self.acknowledged: set[str] = set()  # the codes of rows that a client was told are there
        self._codes = count(1)

    @asynccontextmanager
    async def running(self, tasks: int = 8) -> AsyncIterator["Load"]:
        """Ask all the time of the block."""
        over = asyncio.Event()
        running = [asyncio.create_task(self._ask(over)) for _ in range(tasks)]
        try:
            yield self
        finally:
            over.set()
            await asyncio.gather(*running)

    async def until(self, condition: Callable[[list[Answer]], object], what: str, seconds: float = 60) -> None:
        """Until a condition holds for the answers."""
        end = monotonic() + seconds
        while not condition(self.answers):
            assert monotonic() < end, f"{what}: not within {seconds:.0f} s: {self.answers[-3:]}"
            await asyncio.sleep(0.05)

    async def _ask(self, over: asyncio.Event) -> None:
        for turn in count():
            if over.is_set():
                return
            if turn % 3 == 2:
                answer = await self.client.read()
            else:
                code = f"{self.prefix} {next(self._codes)}"
                answer = await (self.client.make if turn % 3 else self.client.make_once)(code)
                if answer.good:
                    self.acknowledged.add(code)
            self.answers.append(answer)
            if not answer.good:
                await asyncio.sleep(0.05)
