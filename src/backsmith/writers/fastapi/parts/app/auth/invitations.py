"""Registering by invitation. The address that was invited needs no other proof."""

from fastapi import APIRouter, Depends, Response

from app.auth import accounts, mails, tickets
from app.core import authentication, database, passwords
from app.core.errors import Conflict, Forbidden
from app.core.routes import JsonRoute, problems
from app.core.schemas import Body, EmailText, Text
from app.schemas.user import Register, Roles

router = APIRouter(route_class=JsonRoute)


class InvitationCreate(Body):
    """Whom to invite, and the roles that their account will have."""

    email: EmailText
    roles: Roles


class RegisterInvited(Register):
    """A registration with the code of the mail."""

    invitation: Text


async def _admin(account: authentication.CurrentAccount) -> None:
    if "admin" not in account.roles:
        raise Forbidden("invite anybody")


@router.post(
    "/invitations",
    status_code=202,
    response_model=None,
    responses=problems(400, 401, 403, 413, 415, 422, 429),
    dependencies=[Depends(_admin)],
)
async def invite(body: InvitationCreate) -> Response:
    """Invite somebody by mail: admins."""
    async with database.transaction() as db:
        ticket = await tickets.issue(db, "invite", body.email, details={"roles": body.roles})
        await mails.ask(db, "invite", body.email, ticket)
    return Response(status_code=202)


@router.post("/register", status_code=202, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def register(body: RegisterInvited) -> Response:
    """Make the account that one was invited to."""
    details = body.model_dump(mode="json", exclude={"password", "invitation"}, exclude_unset=True)
    details["password_hash"] = await passwords.hashed(body.password)
    try:
        async with database.transaction() as db:
            ticket = await tickets.redeem(db, body.invitation, "invite", field="invitation")
            if ticket.email != body.email:
                raise tickets.expired("invitation")
            await accounts.make(db, {**details, **ticket.details})
    except Conflict as taken:
        raise tickets.expired("invitation") from taken
    return Response(status_code=202)
