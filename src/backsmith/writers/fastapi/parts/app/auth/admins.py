"""The first admin: from the settings when the application starts, or by `python -m app.cli admin ADDRESS`."""

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, select, update

from app.auth import accounts, rules
from app.config import settings
from app.core import passwords
from app.core.database import now, reads, transaction
from app.core.startup import CannotStart
from app.models.user import User
from app.schemas.user import UserCreate

ACCOUNT = select(User.id, User.roles).where(User.email == bindparam("address"))
PROMOTE = update(User).where(User.id == bindparam("user")).values(roles=bindparam("all"), active=True)

_password = TypeAdapter[str](passwords.NewPassword)


async def ensure_admin() -> None:
    """Make the first admin of ADMIN_EMAIL and ADMIN_PASSWORD, where there is no admin yet. Raises CannotStart."""
    if settings.admin_email is None or settings.admin_password is None:
        return
    async with reads.connect() as db:
        if await db.scalar(accounts.ANY_ADMIN) is not None:
            return
    try:
        await appoint(settings.admin_email, settings.admin_password.get_secret_value(), first=True)
    except ValidationError:
        raise CannotStart("ADMIN_PASSWORD is short or common, or ADMIN_EMAIL no address: choose others.") from None


async def appoint(email: str, password: str, *, first: bool = False) -> None:
    """Make an account with this address an admin: a new one, or the one that there is, with this password from now on.

    first: only where there is no admin. Raises ValidationError for a password that may not be chosen.
    """
    body = UserCreate.model_validate({**rules.FIRST_ADMIN, "email": email, "roles": ["admin"]})
    password_hash = await passwords.hashed(_password.validate_python(password))
    async with transaction() as db:
        await accounts.take_turns(db)
        if first and await db.scalar(accounts.ANY_ADMIN) is not None:
            return
        account = (await db.execute(ACCOUNT, {"address": body.email})).one_or_none()
        if account is None:
            await accounts.make(db, body, password_hash)
            return
        await db.execute(PROMOTE, {"user": account.id, "all": sorted({*account.roles, "admin"})})
        await accounts.set_password(db, account.id, password_hash)
        await db.execute(accounts.VERIFY, {"user": account.id, "moment": now()})
