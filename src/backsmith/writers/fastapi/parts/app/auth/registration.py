"""Registering, open to everybody. An account begins when its address is verified."""

from fastapi import APIRouter, Response

from app.auth import mails, tickets
from app.core import passwords
from app.core.database import transaction
from app.core.errors import problems
from app.core.routes import JsonRoute
from app.core.schemas import Body, EmailText
from app.schemas.user import Register

router = APIRouter(route_class=JsonRoute)


class Resend(Body):
    """Where the mail is to go once more."""

    email: EmailText


@router.post("/register", status_code=202, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def register(body: Register) -> Response:
    """Ask for an account. A mail brings the link that begins it, or says that there is one; the answer is the same."""
    passwords.refuse_personal(body.password, body.email, body.name)
    details = body.model_dump(mode="json", exclude={"password"}, exclude_unset=True)
    details["password_hash"] = await passwords.hashed(body.password)
    async with transaction() as db:
        ticket = await tickets.issue(db, "register", body.email, details=details)
        await mails.ask(db, "register", body.email, ticket)
    return Response(status_code=202)


@router.post("/email/resend", status_code=202, response_model=None, responses=problems(400, 413, 415, 422, 429))
async def resend_verification(body: Resend) -> Response:
    """Ask for the mail of the last registration once more. The answer is the same whether there was one or not."""
    async with transaction() as db:
        await mails.ask(db, "resend", body.email)
    return Response(status_code=202)
