"""The mails about accounts. They are jobs: who asks for one waits for nothing, and cannot tell whether it was sent."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import tickets
from app.config import settings
from app.core import database, jobs, mail, tokens
from app.models.user import User

SPACING = 60  # seconds between two mails of a kind to an address, so that nobody can flood it

LETTERS: Mapping[str, tuple[str, str]] = {
    "register": ("Verify your address", "Finish your registration within two days: {link}"),
    "address": ("Verify your new address", "Use this address from now on, within two days: {link}"),
    "invite": ("You are invited", "Make your account within seven days: {link}"),
    "reset": ("Set a new password", "Set a new password within an hour: {link}"),
    "known": ("You already have an account", "This address has an account: sign in, or ask for a new password."),
}
OTHERWISE = "If you did not ask for this, there is nothing to do."

ACCOUNT = select(User.id, User.active).where(User.email == bindparam("address"))


async def ask(db: AsyncConnection, about: str, to: str, ticket: int | None = None) -> None:
    """Ask for a mail in the caller's transaction."""
    key = f"mail:{about}:{tokens.digest(to)}:{database.now().timestamp() // SPACING:.0f}"
    await jobs.enqueue(db, "mail", {"about": about, "to": to, "ticket": ticket}, key=key)


async def deliver(run: jobs.Run) -> None:
    """The job: send a mail, if there still is a reason. Only here does it matter whether an address has an account."""
    about, to, ticket = run.payload["about"], run.payload["to"], run.payload["ticket"]
    async with database.transaction() as db:
        account = (await db.execute(ACCOUNT, {"address": to})).one_or_none()
        if about == "reset" and account is not None and account.active:
            ticket = await tickets.issue(db, "reset", to, account.id)
        if about in ("register", "address") and account is not None:
            about = "known"
        code = None if ticket is None else await tickets.arm(db, ticket)
    subject, text = LETTERS[about]
    if "{link}" not in text:
        await mail.send(to, subject, f"{text}\n", id=run.id)
    elif code is not None:
        link = f"\n\n{settings.public_url}/{about}#token={code}\n\nThe code in it is {code}\n\n{OTHERWISE}"
        await mail.send(to, subject, f"{text.format(link=link)}\n", id=run.id)
