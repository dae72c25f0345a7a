"""Registering without verification, for development: the time of an answer tells whether an address has an account."""

from contextlib import suppress

from fastapi import APIRouter, Response

from app.auth import accounts
from app.core import database, errors, passwords, routes
from app.schemas.user import Register

router = APIRouter(route_class=routes.JsonRoute)


@router.post("/register", status_code=202, response_model=None, responses=routes.problems(400, 413, 415, 422, 429))
async def register(body: Register) -> Response:
    """Make an account at once. The answer is the same where the address has one."""
    details = body.model_dump(mode="json", exclude={"password"}, exclude_unset=True)
    details["password_hash"] = await passwords.hashed(body.password)
    with suppress(errors.Conflict):
        async with database.transaction() as db:
            await accounts.make(db, details, verified=False)
    return Response(status_code=202)
