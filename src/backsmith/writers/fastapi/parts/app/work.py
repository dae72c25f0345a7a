"""What is done in the background: the jobs by their kinds, and those that come again and again."""

from datetime import timedelta

from sqlalchemy import bindparam, delete

from app.auth import mails
from app.auth.models import Failure, Session, Ticket
from app.auth.throttle import WINDOW
from app.core.database import now, transaction
from app.core.jobs import Job, Run, Worker
from app.core.types import UtcDateTime

KEPT = timedelta(days=7)  # how long jobs that have ended can be looked at

_moment = bindparam("moment", type_=UtcDateTime)
PURGE = {
    delete(Session).where(Session.expires_at < _moment): timedelta(0),
    delete(Ticket).where(Ticket.expires_at < _moment): timedelta(0),
    delete(Failure).where(Failure.created_at < _moment): WINDOW,
    delete(Job).where(Job.finished_at < _moment): KEPT,
}


async def purge(run: Run) -> None:
    """Delete what has expired."""
    for statement, age in PURGE.items():
        async with transaction() as db:
            await db.execute(statement, {"moment": now() - age})


worker = Worker({"mail": mails.deliver, "purge": purge}, every={"purge": timedelta(hours=1)})
