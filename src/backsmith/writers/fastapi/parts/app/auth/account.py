"""The own account: what it says, its password and its address."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import ValidationError
from sqlalchemy import bindparam, select

from app.auth import accounts, mails, tickets
from app.auth.throttle import guarded
from app.core import constraints, passwords
from app.core.authentication import CurrentAccount, CurrentCaller
from app.core.caller import Caller
from app.core.changes import Change
from app.core.database import now, reader, transaction
from app.core.errors import Conflict, FieldError, Invalid, Unauthorized
from app.core.passwords import GivenPassword, NewPassword
from app.core.routes import JsonRoute, problems
from app.core.schemas import Body, EmailText, Text
from app.models.user import User
from app.policies import user as policy
from app.schemas.user import MeUpdate, UserRead
from app.services import user as service
from app.views.user import me

router = APIRouter(route_class=JsonRoute)

STORED = select(User.password_hash).where(User.id == bindparam("user"))


class PasswordChange(Body):
    """The password as it is, and as it is to be."""

    current: GivenPassword
    password: NewPassword


class Forgot(Body):
    """Whose password was forgotten."""

    email: EmailText


class EmailChange(Forgot):
    """The address as it is to be, and the password."""

    password: GivenPassword


class Verify(Body):
    """The code of the mail."""

    token: Text


class Reset(Verify):
    """The code of the mail, and the password as it is to be."""

    password: NewPassword


async def _own(caller: CurrentCaller, if_match: Annotated[str | None, Header()] = None) -> AsyncIterator[Change]:
    if caller.id is None:
        raise Unauthorized()
    async with transaction() as db:
        change = Change(db, caller, me, policy.own, "change", None, "", {**caller.bound})
        await change.hold(caller.id, if_match, trash=False)
        yield change


@router.get("/me", response_model=UserRead, responses=problems(401, 422), openapi_extra=me.item_parameters)
async def get_me(request: Request, caller: CurrentCaller) -> Response:
    """The own account."""
    if caller.id is None:
        raise Unauthorized()
    return await me.item(caller, caller.id, request)


@router.patch("/me", response_model=UserRead, responses=problems(400, 401, 409, 412, 413, 415, 422))
async def update_me(body: MeUpdate, change: Annotated[Change, Depends(_own, scope="function")]) -> Response:
    """Change the own account. Address and password have endpoints of their own."""
    await service.update(change, body)
    return await change.done()


@router.post("/password/change", status_code=204, response_class=Response, responses=problems(400, 401, 403, 415, 422, 429))
async def change_password(request: Request, body: PasswordChange, account: CurrentAccount) -> None:
    """Change the own password. All other sessions end."""
    await _check_password(request, account, body.current, "current")
    password_hash = await passwords.hashed(body.password)
    async with transaction() as db:
        await accounts.set_password(db, account.id, password_hash, but=account.session)


@router.post("/password/forgot", status_code=202, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def forgot_password(body: Forgot) -> Response:
    """Ask for a mail to set a new password with. The answer is the same whether or not the address has an account."""
    async with transaction() as db:
        await mails.ask(db, "reset", body.email)
    return Response(status_code=202)


@router.post("/password/reset", status_code=204, response_class=Response, responses=problems(400, 413, 415, 422, 429))
async def reset_password(body: Reset) -> None:
    """Set a new password with the code of the mail. All sessions end."""
    password_hash = await passwords.hashed(body.password)
    async with transaction() as db:
        ticket = await tickets.redeem(db, body.token, "reset")
        await accounts.set_password(db, ticket.user_id, password_hash)


@router.post("/email/change", status_code=202, response_model=None, responses=problems(400, 401, 403, 415, 422, 429))
async def change_email(request: Request, body: EmailChange, account: CurrentAccount) -> Response:
    """Ask to move to another address: it is mailed a link. The answer is the same whether or not it has an account."""
    await _check_password(request, account, body.password, "password")
    async with transaction() as db:
        ticket = await tickets.issue(db, "address", body.email, account.id)
        await mails.ask(db, "address", body.email, ticket)
    return Response(status_code=202)


@router.post("/email/verify", status_code=204, response_class=Response, responses=problems(400, 413, 415, 422, 429))
async def verify_email(body: Verify) -> None:
    """Prove with the code of a mail that its address is one's own: an account begins, or moves there."""
    try:
        async with transaction() as db:
            ticket = await tickets.redeem(db, body.token, "register", "address")
            if ticket.user_id is None:
                await accounts.make(db, ticket.details)
            else:
                with constraints.told():
                    moved = {"user": ticket.user_id, "email": ticket.email, "verified_at": now()}
                    await db.execute(accounts.SET, moved)
    except (Conflict, ValidationError) as late:  # meanwhile the address has an account, or accounts say more
        raise tickets.expired() from late


async def _check_password(request: Request, account: Caller, password: str, field: str) -> None:
    async with guarded(request, account.id):
        async with reader() as db:
            stored = await db.scalar(STORED, {"user": account.id})
        if not await passwords.matches(stored, password):
            raise Invalid([FieldError(field, "credentials", "This is not the password.")])
