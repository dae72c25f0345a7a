"""What holds for every account, however it was made: it has a password, it is active, and an admin is left."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, delete, func, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import mails, rules
from app.auth.models import ApiKey, Session
from app.core import caller, errors, sql, types
from app.core.changes import Change
from app.core.database import SQLITE, now
from app.models.user import User, UserId
from app.schemas.user import UserCreate, UserUpdate
from app.services import user as service
from app.views.user import users

SET = update(User).where(User.id == bindparam("user"))  # sets the columns that it is executed with
END_SESSIONS = delete(Session).where(Session.user_id == bindparam("user"), Session.id != bindparam("but"))
END_KEYS = delete(ApiKey).where(ApiKey.user_id == bindparam("user"))

ADMIN = sql.holds(User.roles, literal("admin", types.Characters()))
ANY_ADMIN = select(User.id).where(ADMIN).limit(1)
OTHER_ADMIN = ANY_ADMIN.where(User.id != bindparam("user"), User.active)
# Whoever makes or removes an admin waits for the others. On SQLite every transaction does.
TAKE_TURNS = select(literal(1) if SQLITE else func.pg_advisory_xact_lock(cast(7_215_001, BigInteger)))


async def make(db: AsyncConnection, details: Mapping[str, Any], *, verified: bool = True) -> UserId:
    """A new account, of what `UserCreate` says and `password_hash`. Raises Conflict where the address has one."""
    said = {name: value for name, value in details.items() if name != "password_hash"}
    body = UserCreate.model_validate({"roles": rules.NEW_ACCOUNT, **said})
    nobody = caller.Caller()
    change = Change(db, nobody, users, _anybody, "make", None, "", {**nobody.bound})
    await service.create(change, body)
    stored = {"password_hash": details["password_hash"], "verified_at": now() if verified else None}
    await db.execute(SET, {"user": change.id, **stored})
    made: UserId = change.id
    return made


async def invite(change: Change, body: UserCreate) -> None:
    """Who was made by an admin is verified; a mail lets them choose a password."""
    await change.db.execute(SET, {"user": change.id, "verified_at": now()})
    await mails.ask(change.db, "reset", body.email)


async def set_password(db: AsyncConnection, user: object, password_hash: str, *, but: int = 0) -> None:
    """Store a password, and end all sessions but this one."""
    await db.execute(SET, {"user": user, "password_hash": password_hash})
    await db.execute(END_SESSIONS, {"user": user, "but": but})


async def check_admins(change: Change, body: UserUpdate) -> None:
    """Raises Conflict where nobody would be left who may do everything."""
    sent = body.model_dump(exclude_unset=True)
    if _is_admin(change.row) and not _is_admin({**change.row, **sent}):
        await change.db.execute(TAKE_TURNS)
        if await change.db.scalar(OTHER_ADMIN, {"user": change.id}) is None:
            raise errors.Conflict("bound", "roles" if "roles" in sent else "active", "This is the last admin.")


async def lock_out(change: Change, body: UserUpdate) -> None:
    """An account that is no longer active has no sessions and no keys. (Roles are read at every request.)"""
    if body.active is False:
        await change.db.execute(END_SESSIONS, {"user": change.id, "but": 0})
        await change.db.execute(END_KEYS, {"user": change.id})


def _anybody(roles: caller.Roles) -> ColumnElement[bool]:
    return true()


def _is_admin(account: Mapping[str, Any]) -> bool:
    return account["active"] and "admin" in account["roles"]
