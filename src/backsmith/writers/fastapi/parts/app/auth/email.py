"""Addresses: proving that one is one's own, and moving to another."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import accounts, mails, tickets
from app.auth.password import check_password
from app.core.authentication import CurrentAccount
from app.core.constraints import told
from app.core.database import now, transaction
from app.core.errors import Conflict, problems
from app.core.passwords import GivenPassword
from app.core.routes import JsonRoute
from app.core.schemas import Body, EmailText, Text

router = APIRouter(prefix="/email", route_class=JsonRoute)


class Verify(Body):
    """The code of the mail."""

    token: Text


class EmailChange(Body):
    """The address as it is to be, and the password."""

    email: EmailText
    password: GivenPassword


@router.post("/verify", status_code=204, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def verify_email(body: Verify) -> Response:
    """Prove with the code of a mail that its address is one's own: an account begins, or moves there."""
    try:
        async with transaction() as db:
            ticket = await tickets.redeem(db, ("register", "address"), body.token)
            await (accounts.make_registered(db, ticket.details) if ticket.user_id is None else _move(db, ticket))
    except (Conflict, ValidationError) as late:  # meanwhile the address has an account, or accounts say more
        raise tickets.expired() from late
    return Response(status_code=204)


@router.post("/change", status_code=202, response_model=None, responses=problems(400, 401, 403, 413, 415, 422, 429))
async def change_email(request: Request, body: EmailChange, account: CurrentAccount) -> Response:
    """Ask to move to another address: it is mailed a link. The answer is the same whether or not it has an account."""
    await check_password(request, account, body.password, "password")
    async with transaction() as db:
        ticket = await tickets.issue(db, "address", body.email, account.user)
        await mails.ask(db, "address", body.email, ticket)
    return Response(status_code=202)


async def _move(db: AsyncConnection, ticket: Row[Any]) -> None:
    before = (await db.execute(accounts.ADDRESS, {"user": ticket.user_id})).scalar_one()
    with told():
        await db.execute(accounts.MOVE, {"user": ticket.user_id, "address": ticket.email, "moment": now()})
    await mails.ask(db, "moved", before)
