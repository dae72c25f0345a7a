"""What a mailed link stands for: its secret is made when the mail is, stored as a hash, and good once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.models import Ticket
from app.core import database, tokens, types
from app.core.errors import FieldError, Invalid

LIFETIMES = {"register": timedelta(days=2), "invite": timedelta(days=7), "reset": timedelta(hours=1)}
LIFETIMES["address"] = LIFETIMES["register"]

ISSUE = insert(Ticket).returning(Ticket.id)
ARM = update(Ticket).where(Ticket.id == bindparam("ticket"))
_known = Ticket.token_hash == bindparam("hash"), Ticket.purpose.in_(bindparam("for", expanding=True))
_in_time = Ticket.expires_at > bindparam("now", type_=types.UtcDateTime)
REDEEM = delete(Ticket).where(*_known, _in_time).returning(Ticket.email, Ticket.user_id, Ticket.details)


async def issue(
    db: AsyncConnection, purpose: str, email: str, user_id: object = None, details: Mapping[str, Any] = {}
) -> int:
    """A ticket that nobody holds yet. Returns its id."""
    values = {"purpose": purpose, "email": email, "user_id": user_id, "details": dict(details)}
    return (await db.execute(ISSUE, {**values, "expires_at": database.now() + LIFETIMES[purpose]})).scalar_one()


async def arm(db: AsyncConnection, ticket: int) -> str | None:
    """A new secret for a ticket, in place of one that was mailed before; None where the ticket is gone."""
    secret = tokens.secret()
    armed = await db.execute(ARM, {"ticket": ticket, "token_hash": tokens.digest(secret)})
    return secret if armed.rowcount else None


async def redeem(db: AsyncConnection, secret: str, *purposes: str, field: str = "token") -> Row[Any]:
    """Email, user_id and details of a ticket, which is then gone. Raises Invalid where this is no secret of one."""
    values = {"hash": tokens.digest(secret), "for": purposes, "now": database.now()}
    if (found := (await db.execute(REDEEM, values)).one_or_none()) is None:
        raise expired(field)
    return found


def expired(field: str = "token") -> Invalid:
    """The answer to a secret that is not good, whatever is wrong with it."""
    return Invalid([FieldError(field, "expired", "This is not valid, or no longer.")])
