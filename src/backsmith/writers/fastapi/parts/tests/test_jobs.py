"""Background jobs: asked for with a change, done by whoever holds the lease, ended once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from app.auth.models import Failure, Session, Ticket
from app.auth.throttle import WINDOW
from app.core import jobs
from app.core.database import now, reader, transaction
from app.core.jobs import Job, Run, Worker, enqueue
from app.work import KEPT, purge
from app.work import worker as real
from tests.conftest import As, run_due


class Told:
    """What ran, in which order."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    async def __call__(self, run: Run) -> None:
        self.runs.append(run)


async def rows(*columns: Any) -> list[Any]:
    async with reader() as db:
        return [tuple(row) for row in (await db.execute(select(*columns).order_by(Job.id))).all()]


async def ask(kind: str = "told", *, key: str | None = None, **payload: Any) -> None:
    async with transaction() as db:
        await enqueue(db, kind, payload, key=key)


def working(handler: Callable[[Run], Awaitable[None]], every: timedelta | None = None) -> Worker:
    return Worker({"told": handler}, {"told": every} if every else {})


async def let_lease_run_out() -> None:
    async with transaction() as db:
        await db.execute(update(Job).values(due_at=now()))


async def test_a_job_is_done_once() -> None:
    told = Told()
    await ask(number=7)
    assert await run_due(working(told)) == 1
    assert await run_due(working(told)) == 0
    assert [(run.payload, run.attempt) for run in told.runs] == [({"number": 7}, 1)]
    ((state, error, finished_at, lease),) = await rows(Job.state, Job.error, Job.finished_at, Job.lease)
    assert (state, error, lease) == ("succeeded", None, None)
    assert finished_at is not None


async def test_a_job_is_there_if_the_change_is() -> None:
    class Undone(Exception):
        pass

    async def undone() -> None:
        async with transaction() as db:
            await enqueue(db, "told", {})
            raise Undone

    with pytest.raises(Undone):
        await undone()
    assert await rows(Job.id) == []


async def test_of_several_with_one_key_there_is_one() -> None:
    told = Told()
    for number in range(3):
        await ask(key="same", number=number)
    assert await run_due(working(told)) == 1
    await ask(key="same", number=4)
    assert await run_due(working(told)) == 0
    assert [run.payload for run in told.runs] == [{"number": 0}]


async def test_many_workers_share_jobs_without_doing_one_twice() -> None:
    told = Told()
    for number in range(12):
        await ask(number=number)
    await asyncio.gather(*(run_due(working(told)) for _ in range(4)))
    assert sorted(run.payload["number"] for run in told.runs) == list(range(12))


async def test_what_fails_is_tried_again_later_and_later() -> None:
    async def fail(run: Run) -> None:
        raise ValueError("no luck")

    await ask()
    waits = []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert await run_due(working(fail)) == 1
        ((state, tried, error, due_at),) = await rows(Job.state, Job.attempts, Job.error, Job.due_at)
        assert (tried, error) == (attempt, "ValueError: no luck")
        assert state == ("failed" if attempt == jobs.ATTEMPTS else "queued")
        waits.append((due_at - now()).total_seconds())
        await let_lease_run_out()
    assert waits[0] == pytest.approx(10, abs=3)
    assert waits[1] == pytest.approx(20, abs=3)
    assert waits[jobs.ATTEMPTS - 2] == pytest.approx(3600, abs=3)
    assert await run_due(working(fail)) == 0


async def test_a_job_of_an_unknown_kind_fails_with_its_reason() -> None:
    await ask("unheard")
    await run_due(working(Told()))
    assert await rows(Job.state, Job.error) == [("queued", "KeyError: 'unheard'")]


async def test_an_attempt_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "DEADLINE", 0.05)

    async def hang(run: Run) -> None:
        await asyncio.sleep(60)

    await ask()
    await run_due(working(hang))
    assert await rows(Job.state, Job.error) == [("queued", "TimeoutError: ")]


async def test_a_job_whose_worker_went_silent_is_taken_over_and_its_end_is_the_second_ones() -> None:
    told = Told()
    await ask()
    silent = await working(told).take()
    assert silent is not None
    assert await working(told).take() is None  # while the lease holds
    await let_lease_run_out()
    second = await working(told).take()
    assert second is not None
    assert (second.id, second.attempt) == (silent.id, 2)
    for run, ours in ((silent, False), (second, True)):
        async with transaction() as db:
            assert await run.store(db, due_at=now() + jobs.LEASE) is ours
            assert await run.succeed(db) is ours
    assert await rows(Job.state) == [("succeeded",)]


async def test_what_is_done_in_the_transaction_of_the_end_is_kept_with_it() -> None:
    async def effect(run: Run) -> None:
        async with transaction() as db:
            await db.execute(insert(Failure).values(key="effect"))
            assert await run.succeed(db)
            if run.attempt == 1:
                raise ValueError

    for state in ("queued", "succeeded"):
        if state == "queued":
            await ask()
        await run_due(working(effect))
        assert await rows(Job.state) == [(state,)]
        await let_lease_run_out()
    async with reader() as db:
        assert await db.scalar(select(func.count()).select_from(Failure)) == 1


async def test_a_job_that_silences_its_workers_fails_in_the_end() -> None:
    told = Told()
    await ask()
    async with transaction() as db:
        await db.execute(update(Job).values(attempts=jobs.ATTEMPTS))
    await run_due(working(told))
    assert await rows(Job.state, Job.error) == [("failed", "Its workers went silent, again and again.")]
    assert told.runs == []


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110  # a row rings no bell
            await asyncio.sleep(0.01)


async def is_done() -> bool:
    return {state for (state,) in await rows(Job.state)} == {"succeeded"}


async def test_a_worker_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "POLL", 0.01)
    told = Told()
    for number in range(2 * jobs.SLOTS):
        await ask(number=number)
    async with working(told).running():
        await until(is_done)
        await ask(number=99)
        await until(is_done)
    assert len(told.runs) == 2 * jobs.SLOTS + 1


async def test_the_lease_is_renewed_while_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.02)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.5))

    async def slow(run: Run) -> None:
        await asyncio.sleep(1)
        assert await working(Told()).take() is None

    await ask()
    await run_due(working(slow))
    assert await rows(Job.state, Job.attempts) == [("succeeded", 1)]


async def test_who_lost_the_lease_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.02)
    stopped = asyncio.Event()

    async def robbed(run: Run) -> None:
        async with transaction() as db:
            await db.execute(update(Job).values(lease="another's"))
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    await ask()
    assert await run_due(working(robbed)) == 1
    assert stopped.is_set()
    assert await rows(Job.state, Job.lease) == [("running", "another's")]


async def test_at_the_end_work_is_finished_or_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "POLL", 0.01)
    monkeypatch.setattr(jobs, "GRACE", 0.2)
    started: list[int] = []

    async def work(run: Run) -> None:
        started.append(run.payload["seconds"])
        await asyncio.sleep(run.payload["seconds"])

    async def both_started() -> bool:
        return len(started) == 2

    await ask(seconds=0.1)
    await ask(seconds=60)
    async with working(work).running():
        await until(both_started)
        await ask(seconds=1)
        ended = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - ended < 5
    states = await rows(Job.state, Job.attempts, Job.lease)
    assert states[:2] == [("succeeded", 1, None), ("queued", 0, None)]


async def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "POLL", 0.01)
    told, tries = Told(), []
    worker = working(told)
    take = worker.take

    async def away() -> Run | None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError
        return await take()

    monkeypatch.setattr(worker, "take", away)
    await ask()
    async with worker.running():
        await until(is_done)
    assert len(told.runs) == 1


async def test_a_lease_may_last_until_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.01)

    store = Run.store

    async def away(run: Run, db: Any, **columns: Any) -> bool:
        if columns.keys() == {"due_at"}:
            raise OSError
        return await store(run, db, **columns)

    async def work(run: Run) -> None:
        await asyncio.sleep(0.1)

    monkeypatch.setattr(Run, "store", away)
    await ask()
    await run_due(working(work))
    assert await rows(Job.state, Job.attempts) == [("succeeded", 1)]


async def test_periodic_jobs_are_asked_for_once_in_all_processes() -> None:
    told = Told()
    first, second = working(told, timedelta(days=10_000)), working(told, timedelta(days=10_000))
    for worker in (first, second, first):
        await worker.ask()
        await run_due(worker)
    assert len(told.runs) == 1
    assert real.every.keys() <= real.handlers.keys()


async def test_what_has_expired_is_deleted(as_: As) -> None:
    ada, old = await as_(), now() - timedelta(days=8)
    async with transaction() as db:
        session = {"user_id": ada.id, "token_hash": ""}
        await db.execute(insert(Session), [{**session, "expires_at": old}])
        ticket = {"purpose": "reset", "email": ada.email, "details": {}}
        await db.execute(insert(Ticket), [{**ticket, "expires_at": moment} for moment in (old, now() + KEPT)])
        failures = [{"key": "a", "created_at": now()}, {"key": "a", "created_at": now() - WINDOW}]
        await db.execute(insert(Failure), failures)
        job = {"kind": "told", "payload": {}, "due_at": old}
        moments = (None, now(), old)
        await db.execute(insert(Job), [{**job, "finished_at": moment} for moment in moments])
    await purge(Run(0, "purge", {}, 1, ""))
    async with reader() as db:
        counts = {
            table: await db.scalar(select(func.count()).select_from(table)) for table in (Session, Ticket, Failure, Job)
        }
    assert counts == {Session: 1, Ticket: 1, Failure: 1, Job: 2}
