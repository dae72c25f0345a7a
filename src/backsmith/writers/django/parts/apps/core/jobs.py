"""Background jobs: rows written in the transaction of the change that asks for them, and run inside the application.

A worker takes a job for the time of a lease, which it renews while it works; a job whose worker has gone silent is
taken by another. Every job ends as succeeded, or failed with its reason. It may run more than once, but ends once.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import uuid4

from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils.timezone import now

from apps.core import fields
from apps.core.logs import log
from apps.core.models import Row

LEASE, HEARTBEAT, POLL = timedelta(seconds=30), 10.0, 1.0
DEADLINE, ATTEMPTS, SLOTS = 300.0, 12, 4  # seconds for one attempt; attempts over some four hours; jobs at a time
GRACE = 3.0  # seconds that jobs may go on after the last request was answered; what is left then goes back
STATES = ("queued", "running", "succeeded", "failed", "cancelled")


class Job(Row):
    """A job. `due_at` is when it may be taken: from its own time on, or when the lease of its worker has run out."""

    kind = fields.CharField(max_length=50)
    key = fields.CharField(max_length=200, null=True)
    payload = models.JSONField()
    state = fields.CharField(max_length=9, default="queued")
    due_at = models.DateTimeField(default=now)
    attempts = models.IntegerField(default=0)
    lease = fields.CharField(max_length=32, null=True)
    error = fields.CharField(max_length=500, null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "background_jobs"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="background_jobs_state_choice"),
            models.UniqueConstraint(fields=["key"], name="background_jobs_key_unique"),
        )
        indexes = (
            models.Index(fields=["state", "due_at"], name="background_jobs_due"),
            models.Index(fields=["finished_at", "id"], name="background_jobs_finished"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One attempt at a job. `lost` is set when it is ours no longer: a handler that takes long looks at it."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    lease: str
    lost: Event = field(default_factory=Event)

    def store(self, **columns: Any) -> bool:
        """Change the job, as far as it is still ours: whoever has lost the lease changes nothing."""
        ours = Job.objects.filter(id=self.id, lease=self.lease, state="running")
        return ours.update(updated_at=now(), **columns) == 1

    def succeed(self) -> bool:
        """End the job with what this transaction does. False, and nothing may be kept, where the lease is lost."""
        return self.store(state="succeeded", error=None, finished_at=now(), lease=None)

    def fail(self, reason: str) -> None:
        """End the job, or try again later: after ten seconds, then each time twice as long, up to an hour."""
        until = now() + timedelta(seconds=min(5 * 2**self.attempt, 3600))
        last = self.attempt >= ATTEMPTS
        columns = {"state": "failed", "finished_at": now()} if last else {"state": "queued", "due_at": until}
        self.store(error=reason[:500], lease=None, **columns)

    def give_back(self) -> None:
        """Let others take the job at once, as if it had not been tried."""
        self.store(state="queued", due_at=now(), lease=None, attempts=self.attempt - 1)


def enqueue(kind: str, payload: Mapping[str, Any], *, key: str | None = None) -> None:
    """Ask for a job in the caller's transaction: it is there if the change is. Of several with one key there is one."""
    Job.objects.bulk_create([Job(kind=kind, payload=dict(payload), key=key)], ignore_conflicts=True)


Handlers = Mapping[str, Callable[[Run], None]]


@dataclass(slots=True)
class Attempt:
    """A run and the thread that works at it, with when that began and when its lease was last renewed."""

    run: Run
    thread: Thread
    begun: float = field(default_factory=monotonic)
    renewed: float = field(default_factory=monotonic)


class Worker:
    """Runs jobs of these kinds, each in a thread; those of `every` are asked for again, once in all processes.

    One more thread takes the jobs and renews their leases. A thread cannot be ended from outside: an attempt that loses
    its lease, takes too long or is left when the worker stops can change its job no more.
    """

    def __init__(self, handlers: Handlers, every: Mapping[str, timedelta]) -> None:
        self.handlers, self.every = handlers, every
        self._asked: dict[str, int] = {}
        self._active: dict[Run, Attempt] = {}
        self._stopping, self._called = Event(), Event()
        self._serving: Thread | None = None

    def start(self) -> None:
        """Work in the background."""
        self._stopping.clear()
        self._serving = Thread(target=self._serve, name="jobs", daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Begin no new job, let those that are begun end, and give back those that take too long."""
        self._stopping.set()
        self._called.set()
        if self._serving is not None:
            self._serving.join()
            self._serving = None
        end = monotonic() + GRACE
        for attempt in list(self._active.values()):
            attempt.thread.join(max(0.0, end - monotonic()))
        for attempt in list(self._active.values()):
            attempt.run.give_back()
            self._let_go(attempt)

    def take(self) -> Run | None:
        """The next due job, ours for the time of a lease; None where there is none."""
        moment = now()
        due = Job.objects.filter(state__in=("queued", "running"), due_at__lte=moment).order_by("due_at", "id")
        if not due.exists():  # costs no lock while there is nothing to do
            return None
        with transaction.atomic():
            job = due.select_for_update(skip_locked=True).first()
            if job is None:
                return None
            run = Run(job.pk, job.kind, job.payload, job.attempts + 1, uuid4().hex)
            held = {"state": "running", "attempts": F("attempts") + 1, "lease": run.lease, "due_at": moment + LEASE}
            Job.objects.filter(id=run.id).update(updated_at=moment, **held)
        return run

    def ask(self) -> None:
        """Ask for the periodic jobs whose time has come."""
        for kind, every in self.every.items():
            tick = int(now().timestamp() // every.total_seconds())
            if self._asked.get(kind) != tick:
                enqueue(kind, {}, key=f"{kind}:{tick}")
                self._asked[kind] = tick

    def work(self, run: Run) -> None:
        """Make an attempt at a job."""
        if run.attempt > ATTEMPTS:
            run.fail("Its workers went silent, again and again.")
            return
        try:
            self.handlers[run.kind](run)
            run.succeed()
        except Exception as error:
            log.warning("job_failed", job=run.id, kind=run.kind, attempt=run.attempt, error=type(error).__name__)
            run.fail(f"{type(error).__name__}: {error}")

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
                self.ask()
                while len(self._active) < SLOTS and not self._stopping.is_set() and (run := self.take()):
                    self._begin(run)
            except Exception as error:  # the database is away: it is asked again
                log.warning("jobs_unavailable", error=type(error).__name__)
            finally:
                connections.close_all()
            self._called.wait(POLL)
            self._called.clear()

    def _begin(self, run: Run) -> None:
        thread = Thread(target=self._attempt, args=(run,), name=f"job {run.id}", daemon=True)
        self._active[run] = Attempt(run, thread)
        thread.start()

    def _attempt(self, run: Run) -> None:
        try:
            self.work(run)
        except Exception as error:  # the database is away: the lease runs out, and the job is taken again
            log.warning("job_left", job=run.id, kind=run.kind, error=type(error).__name__)
        finally:
            connections.close_all()
            self._active.pop(run, None)
            self._called.set()

    def _watch(self) -> None:
        """Renew the leases of what is worked at, and let go of what is lost or takes too long."""
        moment = monotonic()
        for attempt in list(self._active.values()):
            if moment - attempt.begun > DEADLINE:
                attempt.run.fail(f"It took more than {DEADLINE:.0f} seconds.")
                self._let_go(attempt)
            elif moment - attempt.renewed > HEARTBEAT:
                with suppress(Exception):  # while the database is away: the lease may last until it is back
                    if not attempt.run.store(due_at=now() + LEASE):
                        self._let_go(attempt)
                    attempt.renewed = moment

    def _let_go(self, attempt: Attempt) -> None:
        if self._active.pop(attempt.run, None) is not None:
            log.warning("job_lost", job=attempt.run.id, kind=attempt.run.kind)
            attempt.run.lost.set()
