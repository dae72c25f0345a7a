"""Changing a password, and setting one that was forgotten."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import accounts, mails, tickets
from app.auth.throttle import guarded
from app.core import passwords
from app.core.authentication import CurrentAccount, SignedIn
from app.core.database import reads, transaction
from app.core.errors import FieldError, Invalid, problems
from app.core.passwords import GivenPassword, NewPassword
from app.core.routes import JsonRoute
from app.core.schemas import Body, EmailText, Text
from app.models.user import User, UserId

router = APIRouter(prefix="/password", route_class=JsonRoute)

ACCOUNT = select(User.email, User.name, User.password_hash).where(User.id == bindparam("user"))


class PasswordChange(Body):
    """The password as it is, and as it is to be."""

    current: GivenPassword
    password: NewPassword


class Forgot(Body):
    """Whose password was forgotten."""

    email: EmailText


class Reset(Body):
    """The code of the mail, and the password as it is to be."""

    token: Text
    password: NewPassword


@router.post("/change", status_code=204, response_model=None, responses=problems(400, 401, 403, 413, 415, 422, 429))
async def change_password(request: Request, body: PasswordChange, account: CurrentAccount) -> Response:
    """Change the own password. All other sessions end."""
    await check_password(request, account, body.current, "current")
    password_hash = await passwords.hashed(body.password)
    async with transaction() as db:
        await _store(db, account.user, body.password, password_hash, but=account.session)
    return Response(status_code=204)


@router.post("/forgot", status_code=202, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def forgot_password(body: Forgot) -> Response:
    """Ask for a mail to set a new password with. The answer is the same whether or not the address has an account."""
    async with transaction() as db:
        await mails.ask(db, "reset", body.email)
    return Response(status_code=202)


@router.post("/reset", status_code=204, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def reset_password(body: Reset) -> Response:
    """Set a new password with the code of the mail. All sessions end."""
    password_hash = await passwords.hashed(body.password)
    async with transaction() as db:
        ticket = await tickets.redeem(db, ["reset"], body.token)
        await _store(db, ticket.user_id, body.password, password_hash)
    return Response(status_code=204)


async def check_password(request: Request, account: SignedIn, password: str, field: str) -> None:
    """Raises Invalid where this is not the caller's password, TooMany where that happens too often."""
    async with guarded(request, account.user):
        async with reads.connect() as db:
            found = (await db.execute(ACCOUNT, {"user": account.user})).one()
        if not await passwords.matches(found.password_hash, password):
            raise Invalid([FieldError(field, "credentials", "This is not the password.")])


async def _store(db: AsyncConnection, user: UserId, password: str, password_hash: str, *, but: int = 0) -> None:
    found = (await db.execute(ACCOUNT, {"user": user})).one()
    passwords.refuse_personal(password, found.email, found.name)
    await accounts.set_password(db, user, password_hash, but=but)
    await mails.ask(db, "password", found.email)
