"""What holds for every account, however it was made: its password, its address, and that an admin is left."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, delete, func, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import mails, rules
from app.auth.models import ApiKey, Session
from app.core.caller import Caller, Roles
from app.core.changes import Change
from app.core.database import SQLITE, now
from app.core.errors import Conflict
from app.core.sql import holds
from app.core.types import Characters
from app.models.user import User, UserId
from app.schemas.user import UserCreate, UserUpdate
from app.services import user as service
from app.views.user import users

ADMIN = holds(User.roles, literal("admin", Characters()))
OTHER_ADMIN = select(User.id).where(User.id != bindparam("user"), User.active, ADMIN).limit(1)
ANY_ADMIN = select(User.id).where(ADMIN).limit(1)
# Whoever makes or removes an admin waits for the others. On SQLite every transaction does.
TAKE_TURNS = select(func.pg_advisory_xact_lock(cast(7_215_001, BigInteger)))

_one = User.id == bindparam("user")
ADDRESS = select(User.email).where(_one)
VERIFY = update(User).where(_one).values(verified_at=bindparam("moment"))
MOVE = update(User).where(_one).values(email=bindparam("address"), verified_at=bindparam("moment"))
SET_PASSWORD = update(User).where(_one).values(password_hash=bindparam("hash"))
END_SESSIONS = delete(Session).where(Session.user_id == bindparam("user"), Session.id != bindparam("but"))
END_KEYS = delete(ApiKey).where(ApiKey.user_id == bindparam("user"))


async def make(db: AsyncConnection, body: UserCreate, password_hash: str, *, verified: bool = True) -> UserId:
    """A new account. Raises Conflict where the address has one, and as services do."""
    caller = Caller()
    change = Change(db, caller, users, _anybody, "make", values={**caller.bound})
    await service.create(change, body)
    await set_password(db, change.id, password_hash)
    if verified:
        await db.execute(VERIFY, {"user": change.id, "moment": now()})
    made: UserId = change.id
    return made


async def make_registered(db: AsyncConnection, details: Mapping[str, Any], *, verified: bool = True) -> UserId:
    """The account of a registration, as its ticket holds it: with the hash of the password. Raises as `make` does."""
    sent = {name: value for name, value in details.items() if name != "password_hash"}
    body = UserCreate.model_validate({"roles": rules.NEW_ACCOUNT, **sent})
    return await make(db, body, details["password_hash"], verified=verified)


async def invite(change: Change, body: UserCreate) -> None:
    """Its address needs no verification; a mail lets its owner choose a password."""
    await change.db.execute(VERIFY, {"user": change.id, "moment": now()})
    await mails.ask(change.db, "reset", body.email)


async def set_password(db: AsyncConnection, user: UserId, password_hash: str, *, but: int = 0) -> None:
    """Store a password, and end all sessions but this one."""
    await db.execute(SET_PASSWORD, {"user": user, "hash": password_hash})
    await db.execute(END_SESSIONS, {"user": user, "but": but})


async def check_admins(change: Change, body: UserUpdate) -> None:
    """Raises Conflict where nobody would be left who may do everything."""
    before, after = change.row, body.model_dump(exclude_unset=True)
    if not _is_admin(before) or _is_admin({**before, **after}):
        return
    await take_turns(change.db)
    if await change.db.scalar(OTHER_ADMIN, {"user": change.id}) is None:
        raise Conflict("bound", "roles" if "roles" in after else "active", "This is the last admin.")


async def lock_out(change: Change, body: UserUpdate) -> None:
    """An account that is no longer active has no sessions and no keys. (Roles are read at every request.)"""
    if body.active is False:
        await change.db.execute(END_SESSIONS, {"user": change.id, "but": 0})
        await change.db.execute(END_KEYS, {"user": change.id})


async def take_turns(db: AsyncConnection) -> None:
    if not SQLITE:
        await db.execute(TAKE_TURNS)


def _anybody(roles: Roles) -> ColumnElement[bool]:
    return true()


def _is_admin(account: Mapping[str, Any]) -> bool:
    return account["active"] and "admin" in account["roles"]
