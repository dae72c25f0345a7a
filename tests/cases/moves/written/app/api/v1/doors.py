"""Doors over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.policies import door as policy
from app.schemas.door import DoorCreate, DoorRead, DoorReplace, DoorUpdate
from app.services import door as service
from app.views.door import doors

router = APIRouter(prefix="/doors", tags=["doors"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[DoorRead], responses=problems(403), openapi_extra=doors.list_parameters)
async def list_doors(request: Request, caller: CurrentCaller) -> Response:
    """Doors: anyone."""
    return await doors.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=doors.export_parameters)
async def export_doors(request: Request, caller: CurrentCaller) -> Response:
    """All doors of a list, streamed: anyone."""
    return await doors.export(caller, request)


@router.get("/{id}", response_model=DoorRead, responses=problems(404), openapi_extra=doors.item_parameters)
async def get_door(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One door: anyone."""
    return await doors.item(caller, id, request)


@router.post("", status_code=201, response_model=DoorRead, responses=problems(400, 403, 409, 415))
async def create_door(
    body: DoorCreate, change: Change = creating(doors, policy.create, alone=service.FORM)
) -> Response:
    """Make a door: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=DoorRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_door(body: DoorUpdate, change: Change = changing(doors, policy.update)) -> Response:
    """Change a door: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=DoorRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_door(body: DoorReplace, change: Change = changing(doors, policy.update)) -> Response:
    """Replace a door: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_door(change: Change = deleting(doors, policy.delete)) -> Response:
    """Delete a door: signed_in."""
    await service.delete(change)
    return await change.gone()


@router.post("/{id}/close", response_model=DoorRead, responses=problems(403, 404, 409, 412))
async def close_door(change: Change = changing(doors, policy.close, "close")) -> Response:
    """Close a door that is open: signed_in."""
    await service.close(change)
    return await change.done()


@router.post("/{id}/lock", response_model=DoorRead, responses=problems(403, 404, 409, 412))
async def lock_door(change: Change = changing(doors, policy.lock, "lock")) -> Response:
    """Lock a door that is open or closed: guard."""
    await service.lock(change)
    return await change.done()
