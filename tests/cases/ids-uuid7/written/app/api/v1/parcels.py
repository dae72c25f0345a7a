"""Parcels over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Page, UuidId
from app.policies import parcel as policy
from app.schemas.parcel import ParcelCreate, ParcelRead, ParcelReplace, ParcelUpdate
from app.services import parcel as service
from app.views.parcel import parcels

router = APIRouter(prefix="/parcels", tags=["parcels"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[ParcelRead], responses=problems(403), openapi_extra=parcels.list_parameters)
async def list_parcels(request: Request, caller: CurrentCaller) -> Response:
    """Parcels: anyone."""
    return await parcels.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=parcels.export_parameters)
async def export_parcels(request: Request, caller: CurrentCaller) -> Response:
    """All parcels of a list, streamed: anyone."""
    return await parcels.export(caller, request)


@router.get("/{id}", response_model=ParcelRead, responses=problems(404), openapi_extra=parcels.item_parameters)
async def get_parcel(id: UuidId, request: Request, caller: CurrentCaller) -> Response:
    """One parcel: anyone."""
    return await parcels.item(caller, id, request)


@router.post("", status_code=201, response_model=ParcelRead, responses=problems(400, 403, 409, 415))
async def create_parcel(body: ParcelCreate, change: Change = creating(parcels, policy.create)) -> Response:
    """Make a parcel: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=ParcelRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_parcel(body: ParcelUpdate, change: Change = changing(parcels, policy.update)) -> Response:
    """Change a parcel: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=ParcelRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_parcel(body: ParcelReplace, change: Change = changing(parcels, policy.update)) -> Response:
    """Replace a parcel: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_parcel(change: Change = deleting(parcels, policy.delete)) -> Response:
    """Delete a parcel: signed_in."""
    await service.delete(change)
    return await change.gone()
