"""What a mailed link stands for: its secret is made when the mail is, stored as a hash, and good once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from apps.accounts.models import Ticket
from apps.core import tokens
from apps.core.errors import FieldError, Invalid

LIFETIMES = {"register": timedelta(days=2), "invite": timedelta(days=7), "reset": timedelta(hours=1)}
LIFETIMES["address"] = LIFETIMES["register"]


def issue(purpose: str, email: str, user: Any = None, details: Mapping[str, Any] = {}) -> int:
    """A ticket that nobody holds yet. Returns its id."""
    ends = now() + LIFETIMES[purpose]
    made = Ticket.objects.create(purpose=purpose, email=email, user_id=user, details=dict(details), expires_at=ends)
    return made.pk


def arm(ticket: int) -> str | None:
    """A new secret for a ticket, in place of one that was mailed before; None where the ticket is gone."""
    secret = tokens.secret()
    armed = Ticket.objects.filter(pk=ticket).update(token_hash=tokens.digest(secret), updated_at=now())
    return secret if armed else None


def redeem(secret: str, *purposes: str, field: str = "token") -> Ticket:
    """A ticket, which is gone once this transaction ends. Raises Invalid where this is no secret of one."""
    good = Ticket.objects.filter(token_hash=tokens.digest(secret), purpose__in=purposes, expires_at__gt=now())
    if (found := good.select_for_update().first()) is None:  # locked: of two that come at once, one finds it
        raise expired(field)
    Ticket.objects.filter(pk=found.pk).delete()
    return found


def expired(field: str = "token") -> Invalid:
    """The answer to a secret that is not good, whatever is wrong with it."""
    return Invalid([FieldError(field, "expired", "This is not valid, or no longer.")])
