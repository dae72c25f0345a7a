"""What is done in the background: the jobs by their kinds, and those that come again and again."""

from datetime import timedelta

from django.utils.timezone import now

from apps.accounts import mails
from apps.accounts.models import Failure, Session, Ticket
from apps.accounts.throttle import WINDOW
from apps.core.jobs import Job, Run, Worker

KEPT = timedelta(days=7)  # how long jobs that have ended can be looked at


def purge(run: Run) -> None:
    """Delete what has expired."""
    moment = now()
    Session.objects.filter(expires_at__lt=moment).delete()
    Ticket.objects.filter(expires_at__lt=moment).delete()
    Failure.objects.filter(created_at__lt=moment - WINDOW).delete()
    Job.objects.filter(finished_at__lt=moment - KEPT).delete()


worker = Worker({"mail": mails.deliver, "purge": purge}, every={"purge": timedelta(hours=1)})
