"""What holds for every account, however it was made: it has a password, it is active, and an admin is left."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Q
from django.utils.timezone import now

from apps.accounts import mails, rules, services
from apps.accounts.models import ApiKey, Session, User
from apps.accounts.serializers import Register, UserCreate, UserRead, UserUpdate
from apps.core import errors, passwords
from apps.core.caller import EVERY, Caller
from apps.core.changes import Change

TURNS = 7_215_001  # the lock of whoever makes or removes an admin


def change(user: Any, **columns: Any) -> None:
    """Change columns of an account that are not shown as its own."""
    User.objects.filter(pk=user).update(updated_at=now(), **columns)


def make(details: Mapping[str, Any], *, verified: bool = True) -> Any:
    """A new account, of what `UserCreate` says and `password_hash`: its id.

    Raises Conflict where the address has one, Invalid where accounts have to say more.
    """
    said = {name: value for name, value in details.items() if name != "password_hash"}
    body = UserCreate(data={"roles": list(rules.NEW_ACCOUNT), **said})
    body.checked()
    unasked: Any = None
    made = Change(unasked, Caller(), UserRead.rows, _anybody, "make")
    services.create(made, body)
    change(made.id, password=details["password_hash"], verified_at=now() if verified else None)
    return made.id


def details_of(sent: Register) -> dict[str, Any]:
    """What a registration says of the account that it asks for, as JSON and without the password."""
    said: Any = msgspec.to_builtins(sent.validated_data)
    details: dict[str, Any] = {str(name): said[name] for name in UserCreate().fields if name in said}
    return {**details, "password_hash": passwords.hashed(said["password"])}


def invite(made: Change, body: UserCreate) -> None:
    """Who was made by an admin is verified; a mail lets them choose a password."""
    change(made.id, verified_at=now())
    mails.ask("reset", body.validated_data["email"])


def set_password(user: Any, password_hash: str, *, but: int = 0) -> None:
    """Store a password, and end all sessions but this one."""
    change(user, password=password_hash)
    Session.objects.filter(user=user).exclude(pk=but).delete()


def admins() -> Any:
    """The accounts that may do everything."""
    return User.objects.filter(roles__has="admin")


def take_turns() -> None:
    """Wait for whoever makes or removes an admin, until this transaction ends. On SQLite every transaction does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURNS])


def check_admins(change: Change, body: UserUpdate) -> None:
    """Raises Conflict where nobody would be left who may do everything."""
    row, sent = change.row, body.validated_data
    after = sent.get("active", row.active), sent.get("roles", row.roles)
    if _is_admin(row.active, row.roles) and not _is_admin(*after):
        take_turns()
        if not admins().filter(active=True).exclude(pk=change.id).exists():
            raise errors.Conflict("bound", "roles" if "roles" in sent else "active", "This is the last admin.")


def lock_out(change: Change, body: UserUpdate) -> None:
    """An account that is no longer active has no sessions and no keys. (Roles are read at every request.)"""
    if body.validated_data.get("active") is False:
        Session.objects.filter(user=change.id).delete()
        ApiKey.objects.filter(user=change.id).delete()


def _anybody(caller: Caller) -> Q:
    return EVERY


def _is_admin(active: bool, roles: list[str]) -> bool:
    return active and "admin" in roles
