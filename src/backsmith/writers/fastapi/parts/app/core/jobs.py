"""Background jobs: rows written in the transaction of the change that asks for them, and run inside the application.

A worker takes a job for the time of a lease, which it renews while it works; a job whose worker has gone silent is
taken by another. Every job ends as succeeded, or failed with its reason. It may run more than once, but ends once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import SQLITE, Row, now, reader, transaction
from app.core.logs import log
from app.core.types import Characters, Document, UtcDateTime

LEASE, HEARTBEAT, POLL = timedelta(seconds=30), 10.0, 1.0
DEADLINE, ATTEMPTS, SLOTS = 300.0, 12, 4  # seconds for one attempt; attempts over some four hours; jobs at a time
GRACE = 3.0  # seconds that jobs may go on after the last request was answered; what is left then goes back
STATES = "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')"


class Job(Row):
    """A job. `due_at` is when it may be taken: from its own time on, or when the lease of its worker has run out."""

    __tablename__ = "background_jobs"
    __table_args__ = (
        CheckConstraint(STATES, name="background_jobs_state_choice"),
        UniqueConstraint("key", name="background_jobs_key_unique"),
        Index("background_jobs_due", "state", "due_at"),
    )

    kind: Mapped[str] = mapped_column(Characters(50))
    key: Mapped[str | None] = mapped_column(Characters(200))
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    state: Mapped[str] = mapped_column(Characters(9), default="queued")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(Characters(32))
    error: Mapped[str | None] = mapped_column(Characters(500))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


ENQUEUE = (sqlite.insert if SQLITE else postgresql.insert)(Job).on_conflict_do_nothing(index_elements=[Job.key])
_due = Job.state.in_(["queued", "running"]), Job.due_at <= bindparam("now", type_=UtcDateTime)
DUE = select(Job.id).where(*_due).order_by(Job.due_at, Job.id).limit(1)
_next = update(Job).where(Job.id == DUE.with_for_update(skip_locked=True).scalar_subquery())
_held = {"state": "running", "attempts": Job.attempts + 1, "lease": bindparam("held"), "due_at": bindparam("until")}
TAKE = _next.values(_held).returning(Job.id, Job.kind, Job.payload, Job.attempts, Job.lease)
# A worker names its lease: one that has lost it changes nothing.
OURS = update(Job).where(Job.id == bindparam("job"), Job.lease == bindparam("held"), Job.state == "running")


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a job."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    lease: str

    async def store(self, db: AsyncConnection, **columns: Any) -> bool:
        """Change the job, as far as it is still ours."""
        return (await db.execute(OURS, {"job": self.id, "held": self.lease, **columns})).rowcount == 1

    async def succeed(self, db: AsyncConnection) -> bool:
        """End the job with what this transaction does. False, and nothing may be kept, where the lease is lost."""
        return await self.store(db, state="succeeded", error=None, finished_at=now(), lease=None)

    async def fail(self, reason: str) -> None:
        """End the job, or try again later: after ten seconds, then each time twice as long, up to an hour."""
        until = now() + timedelta(seconds=min(5 * 2**self.attempt, 3600))
        last = self.attempt >= ATTEMPTS
        columns = {"state": "failed", "finished_at": now()} if last else {"state": "queued", "due_at": until}
        async with transaction() as db:
            await self.store(db, error=reason[:500], lease=None, **columns)


async def enqueue(db: AsyncConnection, kind: str, payload: Mapping[str, Any], *, key: str | None = None) -> None:
    """Ask for a job in the caller's transaction: it is there if the change is. Of several with one key there is one."""
    await db.execute(ENQUEUE, {"kind": kind, "payload": dict(payload), "key": key})


Handlers = Mapping[str, Callable[[Run], Awaitable[None]]]


class Worker:
    """Runs jobs of these kinds; those of `every` are asked for again and again, once in all processes."""

    def __init__(self, handlers: Handlers, every: Mapping[str, timedelta]) -> None:
        self.handlers, self.every = handlers, every
        self._asked: dict[str, int] = {}
        self._active: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work in the background. At the end no new job is begun, and those that take too long go back to the queue."""
        serving = asyncio.create_task(self._serve())
        try:
            yield
        finally:
            await _stopped(serving)
            if self._active:
                await asyncio.wait(self._active, timeout=GRACE)
            for task in set(self._active):
                await _stopped(task)

    async def take(self) -> Run | None:
        """The next due job, ours for the time of a lease; None where there is none."""
        moment = now()
        async with reader() as db:  # costs no lock while there is nothing to do
            if await db.scalar(DUE, {"now": moment}) is None:
                return None
        async with transaction() as db:
            values = {"now": moment, "held": uuid4().hex, "until": moment + LEASE}
            taken = (await db.execute(TAKE, values)).one_or_none()
        return None if taken is None else Run(*taken)

    async def ask(self) -> None:
        """Ask for the periodic jobs whose time has come."""
        for kind, every in self.every.items():
            tick = int(now().timestamp() // every.total_seconds())
            if self._asked.get(kind) != tick:
                async with transaction() as db:
                    await enqueue(db, kind, {}, key=f"{kind}:{tick}")
                self._asked[kind] = tick

    async def _serve(self) -> None:
        while True:
            try:
                await self.ask()
                while len(self._active) < SLOTS and (run := await self.take()):
                    self.start(run)
            except Exception as error:  # the database is away: it is asked again
                log.warning("jobs_unavailable", error=type(error).__name__)
            full = len(self._active) == SLOTS
            await (asyncio.wait(self._active, return_when="FIRST_COMPLETED") if full else asyncio.sleep(POLL))

    def start(self, run: Run) -> asyncio.Task[None]:
        """Work at a job in the background."""
        task = asyncio.create_task(self._attempt(run))
        self._active.add(task)
        task.add_done_callback(self._active.discard)
        return task

    async def _attempt(self, run: Run) -> None:
        if run.attempt > ATTEMPTS:
            await run.fail("Its workers went silent, again and again.")
            return
        beat = asyncio.create_task(_beat(run, asyncio.current_task()))
        try:
            async with asyncio.timeout(DEADLINE):
                await self.handlers[run.kind](run)
            async with transaction() as db:
                await run.succeed(db)
        except asyncio.CancelledError:  # stopped, or the lease was lost: then this changes nothing
            async with transaction() as db:
                await run.store(db, state="queued", due_at=now(), lease=None, attempts=run.attempt - 1)
            raise
        except Exception as error:
            log.warning("job_failed", job=run.id, kind=run.kind, attempt=run.attempt, error=type(error).__name__)
            await run.fail(f"{type(error).__name__}: {error}")
        finally:
            await _stopped(beat)


async def _beat(run: Run, work: "asyncio.Task[None] | None") -> None:
    """Renew the lease; where it is lost, stop the work."""
    ours = True
    while ours:
        await asyncio.sleep(HEARTBEAT)
        with suppress(Exception):  # while the database is away: the lease may last until it is back
            async with transaction() as db:
                ours = await run.store(db, due_at=now() + LEASE)
    log.warning("job_lost", job=run.id, kind=run.kind)
    if work is not None:
        work.cancel()


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
