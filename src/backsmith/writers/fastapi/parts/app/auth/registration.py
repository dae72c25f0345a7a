"""Registering, open to everybody. An account begins when its address is verified."""

from fastapi import APIRouter, Response

from app.auth import mails, tickets
from app.core import database, passwords, routes
from app.schemas.user import Register

router = APIRouter(route_class=routes.JsonRoute)


@router.post("/register", status_code=202, response_model=None, responses=routes.problems(400, 413, 415, 422, 429))
async def register(body: Register) -> Response:
    """Ask for an account. A mail brings the link that begins it, or says that there is one; the answer is the same."""
    details = body.model_dump(mode="json", exclude={"password"}, exclude_unset=True)
    details["password_hash"] = await passwords.hashed(body.password)
    async with database.transaction() as db:
        ticket = await tickets.issue(db, "register", body.email, details=details)
        await mails.ask(db, "register", body.email, ticket)
    return Response(status_code=202)
