"""The mails about accounts. They are jobs: who asks for one waits for nothing, and cannot tell whether it was sent."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.timezone import now

from apps.accounts import tickets
from apps.accounts.models import User
from apps.core import jobs, mail, tokens
from config.environment import settings

SPACING = 60  # seconds between two mails of a kind to an address, so that nobody can flood it

LETTERS: Mapping[str, tuple[str, str]] = {
    "register": ("Verify your address", "Finish your registration within two days: {link}"),
    "address": ("Verify your new address", "Use this address from now on, within two days: {link}"),
    "invite": ("You are invited", "Make your account within seven days: {link}"),
    "reset": ("Set a new password", "Set a new password within an hour: {link}"),
    "known": ("You already have an account", "This address has an account: sign in, or ask for a new password."),
}
OTHERWISE = "If you did not ask for this, there is nothing to do."


def ask(about: str, to: str, ticket: int | None = None) -> None:
    """Ask for a mail in the caller's transaction."""
    key = f"mail:{about}:{tokens.digest(to)}:{now().timestamp() // SPACING:.0f}"
    jobs.enqueue("mail", {"about": about, "to": to, "ticket": ticket}, key=key)


def deliver(run: jobs.Run) -> None:
    """The job: send a mail, if there still is a reason. Only here does it matter whether an address has an account."""
    about, to, ticket = run.payload["about"], run.payload["to"], run.payload["ticket"]
    with transaction.atomic():
        account = User.objects.filter(email=to).only("active").first()
        if about == "reset" and account is not None and account.active:
            ticket = tickets.issue("reset", to, account.pk)
        if about in ("register", "address") and account is not None:
            about = "known"
        code = None if ticket is None else tickets.arm(ticket)
    subject, text = LETTERS[about]
    if "{link}" not in text:
        mail.send(to, subject, f"{text}\n", id=run.id)
    elif code is not None:
        link = f"\n\n{settings.public_url}/{about}#token={code}\n\nThe code in it is {code}\n\n{OTHERWISE}"
        mail.send(to, subject, f"{text.format(link=link)}\n", id=run.id)
