"""Background jobs: asked for with a change, done by whoever holds the lease, ended once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from apps.accounts.models import Failure, Session, Ticket
from apps.accounts.throttle import WINDOW
from apps.core import jobs
from apps.core.jobs import Job, Run, Worker, enqueue
from apps.work import KEPT, purge
from apps.work import worker as real
from tests.conftest import As, at_once, run_due


class Told:
    """What ran, in which order."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    def __call__(self, run: Run) -> None:
        self.runs.append(run)


def rows(*columns: str) -> list[Any]:
    return list(Job.objects.order_by("pk").values_list(*columns))


def ask(kind: str = "told", *, key: str | None = None, **payload: Any) -> None:
    enqueue(kind, payload, key=key)


def working(handler: Callable[[Run], None], every: timedelta | None = None) -> Worker:
    return Worker({"told": handler}, {"told": every} if every else {})


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """A worker in the background."""
    worker.start()
    try:
        yield
    finally:
        worker.stop()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers in the background that do not wait long."""
    monkeypatch.setattr(jobs, "POLL", 0.01)
    monkeypatch.setattr(jobs, "GRACE", 0.2)


def let_lease_run_out() -> None:
    Job.objects.update(due_at=now())


def test_a_job_is_done_once() -> None:
    told = Told()
    ask(number=7)
    assert run_due(working(told)) == 1
    assert run_due(working(told)) == 0
    assert [(run.payload, run.attempt) for run in told.runs] == [({"number": 7}, 1)]
    job = Job.objects.get()
    assert (job.state, job.error, job.lease) == ("succeeded", None, None)
    assert job.finished_at is not None


def test_a_job_is_there_if_the_change_is() -> None:
    class Undone(Exception):
        pass

    def undone() -> None:
        with transaction.atomic():
            enqueue("told", {})
            raise Undone

    with pytest.raises(Undone):
        undone()
    assert not Job.objects.exists()


def test_of_several_with_one_key_there_is_one() -> None:
    told = Told()
    for number in range(3):
        ask(key="same", number=number)
    assert run_due(working(told)) == 1
    ask(key="same", number=4)
    assert run_due(working(told)) == 0
    assert [run.payload for run in told.runs] == [{"number": 0}]


def test_many_workers_share_jobs_without_doing_one_twice() -> None:
    told = Told()
    for number in range(12):
        ask(number=number)
    at_once([lambda: run_due(working(told))] * 4)
    assert sorted(run.payload["number"] for run in told.runs) == list(range(12))


def test_what_fails_is_tried_again_later_and_later() -> None:
    def fail(run: Run) -> None:
        raise ValueError("no luck")

    ask()
    waits = []
    for attempt in range(1, jobs.ATTEMPTS + 1):
        assert run_due(working(fail)) == 1
        job = Job.objects.get()
        assert (job.attempts, job.error) == (attempt, "ValueError: no luck")
        assert job.state == ("failed" if attempt == jobs.ATTEMPTS else "queued")
        waits.append((job.due_at - now()).total_seconds())
        let_lease_run_out()
    assert waits[0] == pytest.approx(10, abs=3)
    assert waits[1] == pytest.approx(20, abs=3)
    assert waits[jobs.ATTEMPTS - 2] == pytest.approx(3600, abs=3)
    assert run_due(working(fail)) == 0


def test_a_job_of_an_unknown_kind_fails_with_its_reason() -> None:
    ask("unheard")
    run_due(working(Told()))
    assert rows("state", "error") == [("queued", "KeyError: 'unheard'")]


def test_an_attempt_has_an_end(monkeypatch: pytest.MonkeyPatch, often: None) -> None:
    monkeypatch.setattr(jobs, "DEADLINE", 0.05)
    stopped = Event()

    def hang(run: Run) -> None:
        if run.lost.wait(10):
            stopped.set()

    ask()
    with running(working(hang)):
        assert stopped.wait(10)
    assert rows("state", "error") == [("queued", "It took more than 0 seconds.")]


def test_a_job_whose_worker_went_silent_is_taken_over_and_its_end_is_the_second_ones() -> None:
    told = Told()
    ask()
    silent = working(told).take()
    assert silent is not None
    assert working(told).take() is None  # while the lease holds
    let_lease_run_out()
    second = working(told).take()
    assert second is not None
    assert (second.id, second.attempt) == (silent.id, 2)
    for run, ours in ((silent, False), (second, True)):
        assert run.store(due_at=now() + jobs.LEASE) is ours
        assert run.succeed() is ours
    assert rows("state") == [("succeeded",)]


def test_what_is_done_in_the_transaction_of_the_end_is_kept_with_it() -> None:
    def effect(run: Run) -> None:
        with transaction.atomic():
            Failure.objects.create(key="effect")
            assert run.succeed()
            if run.attempt == 1:
                raise ValueError

    for state in ("queued", "succeeded"):
        if state == "queued":
            ask()
        run_due(working(effect))
        assert rows("state") == [(state,)]
        let_lease_run_out()
    assert Failure.objects.count() == 1


def test_a_job_that_silences_its_workers_fails_in_the_end() -> None:
    told = Told()
    ask()
    Job.objects.update(attempts=jobs.ATTEMPTS)
    run_due(working(told))
    assert rows("state", "error") == [("failed", "Its workers went silent, again and again.")]
    assert told.runs == []


def until(condition: Callable[[], bool]) -> None:
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end
        sleep(0.01)


def is_done() -> bool:
    return {state for (state,) in rows("state")} == {"succeeded"}


def test_a_worker_in_the_background(often: None) -> None:
    told = Told()
    for number in range(2 * jobs.SLOTS):
        ask(number=number)
    with running(working(told)):
        until(is_done)
        ask(number=99)
        until(is_done)
    assert len(told.runs) == 2 * jobs.SLOTS + 1


def test_no_more_jobs_at_a_time_than_slots(often: None) -> None:
    begun, go_on = list[int](), Event()

    def wait(run: Run) -> None:
        begun.append(run.id)
        go_on.wait(10)

    for _ in range(jobs.SLOTS + 2):
        ask()
    with running(working(wait)):
        until(lambda: len(begun) == jobs.SLOTS)
        sleep(0.1)
        assert len(begun) == jobs.SLOTS
        go_on.set()
        until(is_done)
    assert len(begun) == jobs.SLOTS + 2


def test_the_lease_is_renewed_while_the_work_goes_on(monkeypatch: pytest.MonkeyPatch, often: None) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.02)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.5))
    others: list[Run | None] = []

    def slow(run: Run) -> None:
        sleep(1)
        others.append(working(Told()).take())

    ask()
    with running(working(slow)):
        until(is_done)
    assert others == [None]
    assert rows("state", "attempts") == [("succeeded", 1)]


def test_who_lost_the_lease_is_told(monkeypatch: pytest.MonkeyPatch, often: None) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.02)
    stopped = Event()

    def robbed(run: Run) -> None:
        Job.objects.update(lease="another's")
        if run.lost.wait(10):
            stopped.set()

    ask()
    with running(working(robbed)):
        assert stopped.wait(10)
    assert rows("state", "lease") == [("running", "another's")]


def test_at_the_end_work_is_finished_or_given_back(often: None) -> None:
    started: list[float] = []

    def work(run: Run) -> None:
        started.append(run.payload["seconds"])
        run.lost.wait(run.payload["seconds"])

    ask(seconds=0.1)
    ask(seconds=60)
    worker = working(work)
    with running(worker):
        until(lambda: len(started) == 2)
        ended = monotonic()
    assert monotonic() - ended < 5
    assert rows("state", "attempts", "lease") == [("succeeded", 1, None), ("queued", 0, None)]
    ask(seconds=1)
    sleep(0.1)
    assert len(started) == 2  # nothing is begun any more


def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch, often: None) -> None:
    told, tries = Told(), list[int]()
    worker = working(told)
    take = worker.take

    def away() -> Run | None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError
        return take()

    monkeypatch.setattr(worker, "take", away)
    ask()
    with running(worker):
        until(is_done)
    assert len(told.runs) == 1


def test_a_lease_may_last_until_the_database_is_back(monkeypatch: pytest.MonkeyPatch, often: None) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.01)
    store, tries = Run.store, list[int]()

    def away(run: Run, **columns: Any) -> bool:
        if columns.keys() == {"due_at"}:
            tries.append(1)
            raise OSError
        return store(run, **columns)

    def work(run: Run) -> None:
        until(lambda: len(tries) > 2)

    monkeypatch.setattr(Run, "store", away)
    ask()
    with running(working(work)):
        until(is_done)
    assert rows("state", "attempts") == [("succeeded", 1)]


def test_periodic_jobs_are_asked_for_once_in_all_processes() -> None:
    told = Told()
    first, second = working(told, timedelta(days=10_000)), working(told, timedelta(days=10_000))
    for worker in (first, second, first):
        worker.ask()
        run_due(worker)
    assert len(told.runs) == 1
    assert real.every.keys() <= real.handlers.keys()


def test_what_has_expired_is_deleted(as_: As) -> None:
    ada, old = as_(), now() - timedelta(days=8)
    Session.objects.create(user_id=ada.id, token_hash="", expires_at=old)
    for moment in (old, now() + KEPT):
        Ticket.objects.create(purpose="reset", email=ada.email, details={}, expires_at=moment)
    for moment in (now(), now() - WINDOW):
        Failure.objects.create(key="a", created_at=moment)
    for ended in (None, now(), old):
        Job.objects.create(kind="told", payload={}, due_at=old, finished_at=ended)
    purge(Run(0, "purge", {}, 1, ""))
    counts = {table: table.objects.count() for table in (Session, Ticket, Failure, Job)}
    assert counts == {Session: 1, Ticket: 1, Failure: 1, Job: 2}
