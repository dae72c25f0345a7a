"""The first admin: from the settings when the application starts, or by `python -m app.cli admin ADDRESS`."""

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, select

from app.auth import accounts, rules
from app.config import settings
from app.core import passwords, schemas
from app.core.database import now, reader, transaction
from app.core.startup import CannotStart
from app.models.user import User

ACCOUNT = select(User.id, User.roles).where(User.email == bindparam("address"))
CHOSEN = TypeAdapter(tuple[schemas.EmailText, passwords.NewPassword])


async def ensure_admin() -> None:
    """Make the first admin of ADMIN_EMAIL and ADMIN_PASSWORD, where there is no admin yet. Raises CannotStart."""
    if settings.admin_email is None or settings.admin_password is None:
        return
    async with reader() as db:
        if await db.scalar(accounts.ANY_ADMIN) is not None:
            return
    try:
        await appoint(settings.admin_email, settings.admin_password.get_secret_value())
    except ValidationError:
        raise CannotStart("ADMIN_PASSWORD is short or common, or ADMIN_EMAIL no address: choose others.") from None


async def appoint(email: str, password: str) -> None:
    """Make the account with this address an admin with this password, or make one. Raises ValidationError."""
    email, password = CHOSEN.validate_python((email, password))
    password_hash = await passwords.hashed(password)
    async with transaction() as db:
        await db.execute(accounts.TAKE_TURNS)
        account = (await db.execute(ACCOUNT, {"address": email})).one_or_none()
        if account is None:
            said = {**rules.FIRST_ADMIN, "email": email, "roles": ["admin"], "password_hash": password_hash}
            await accounts.make(db, said)
            return
        changes = {"roles": sorted({*account.roles, "admin"}), "active": True, "verified_at": now()}
        await db.execute(accounts.SET, {"user": account.id, **changes})
        await accounts.set_password(db, account.id, password_hash)
