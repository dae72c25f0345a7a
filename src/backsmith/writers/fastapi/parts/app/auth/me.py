"""The own account."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change
from app.core.database import Reads, transaction
from app.core.errors import Unauthorized, problems
from app.core.routes import JsonRoute
from app.policies import user as policy
from app.schemas.user import MeUpdate, UserRead
from app.services import user as service
from app.views.user import me

router = APIRouter(prefix="/me", route_class=JsonRoute)


async def _own(caller: CurrentCaller, if_match: Annotated[str | None, Header()] = None) -> AsyncIterator[Change]:
    if caller.id is None:
        raise Unauthorized()
    async with transaction() as db:
        change = Change(db, caller, me, policy.own, "change", values={**caller.bound})
        await change.hold(caller.id, if_match, deleting=False, trash=False)
        yield change


Changing = Annotated[Change, Depends(_own, scope="function")]


@router.get("", response_model=UserRead, responses=problems(401, 422), openapi_extra=me.item_parameters)
async def get_me(request: Request, caller: CurrentCaller, db: Reads) -> Response:
    """The own account."""
    if caller.id is None:
        raise Unauthorized()
    return await me.item(db, caller, caller.id, request)


@router.patch("", response_model=UserRead, responses=problems(400, 401, 409, 412, 413, 415, 422))
async def update_me(body: MeUpdate, change: Changing) -> Response:
    """Change the own account. Address and password have endpoints of their own."""
    await service.update(change, body)
    return await change.done()
