"""The mails about accounts. They are jobs: who asks for one waits for nothing, and cannot tell whether it was sent."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import tickets
from app.config import settings
from app.core import jobs, mail, tokens
from app.core.database import now, transaction
from app.models.user import User

SPACING = 60
"""Seconds between two mails of a kind to an address, so that nobody can flood it."""
OTHERWISE = "If you did not ask for this, there is nothing to do."


class Letter(NamedTuple):
    """What a mail says. `page` is where its link leads: a page of the front end, which sends the code on."""

    subject: str
    text: str
    page: str | None = None


LETTERS: Mapping[str, Letter] = {
    "register": Letter("Verify your address", "Finish your registration within two days:", "verify"),
    "invite": Letter("You are invited", "Make your account within seven days:", "register"),
    "reset": Letter("Set a new password", "Set a new password within an hour:", "reset"),
    "address": Letter("Verify your new address", "Use this address from now on:", "verify"),
    "known": Letter(
        "You already have an account",
        "Somebody, perhaps you, wanted to use this address. It has an account: sign in, or ask for a new password.",
    ),
    "password": Letter("Your password was changed", "If that was not you, ask for a new password at once."),
    "moved": Letter("Your address was changed", "You sign in with another address now. If that was not you, tell us."),
}

ACCOUNT = select(User.id, User.active).where(User.email == bindparam("address"))


async def ask(db: AsyncConnection, about: str, to: str, ticket: int | None = None) -> None:
    """Ask for a mail in the caller's transaction."""
    key = f"mail:{about}:{tokens.digest(to)}:{now().timestamp() // SPACING:.0f}"
    await jobs.enqueue(db, "mail", {"about": about, "to": to, "ticket": ticket}, key=key)


async def deliver(run: jobs.Run) -> None:
    """The job: send a mail, if there is still a reason to."""
    to = run.payload["to"]
    async with transaction() as db:
        about, code = await _prepared(db, run.payload["about"], to, run.payload["ticket"])
    letter = LETTERS[about]
    if letter.page is None:
        await mail.send(to, letter.subject, f"{letter.text}\n", id=run.id)
    elif code is not None:
        link = f"{settings.public_url}/{letter.page}#token={code}"
        text = f"{letter.text}\n\n{link}\n\nThe code in it is {code}\n\n{OTHERWISE}\n"
        await mail.send(to, letter.subject, text, id=run.id)


async def _prepared(db: AsyncConnection, about: str, to: str, ticket: int | None) -> tuple[str, str | None]:
    """Which letter it will be, and the code in it. Only here does it matter whether the address has an account."""
    account = (await db.execute(ACCOUNT, {"address": to})).one_or_none()
    if about == "reset" and account is not None and account.active:
        ticket = await tickets.issue(db, "reset", to, account.id)
    if about == "resend":
        about, ticket = "register", await db.scalar(tickets.LAST, {"address": to, "now": now()})
    if about in ("register", "address") and account is not None and ticket is not None:
        about = "known"
    return about, None if ticket is None else await tickets.arm(db, ticket)
