"""Notes over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.policies import note as policy
from app.schemas.note import NoteCreate, NoteRead, NoteReplace, NoteUpdate
from app.services import note as service
from app.views.note import notes

router = APIRouter(prefix="/notes", tags=["notes"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[NoteRead], responses=problems(403), openapi_extra=notes.list_parameters)
async def list_notes(request: Request, caller: CurrentCaller) -> Response:
    """Notes: anyone."""
    return await notes.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=notes.export_parameters)
async def export_notes(request: Request, caller: CurrentCaller) -> Response:
    """All notes of a list, streamed: anyone."""
    return await notes.export(caller, request)


@router.get("/{id}", response_model=NoteRead, responses=problems(404), openapi_extra=notes.item_parameters)
async def get_note(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One note: anyone."""
    return await notes.item(caller, id, request)


@router.post("", status_code=201, response_model=NoteRead, responses=problems(400, 403, 409, 415))
async def create_note(
    body: NoteCreate, change: Change = creating(notes, policy.create, alone=service.FORM)
) -> Response:
    """Make a note: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=NoteRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_note(body: NoteUpdate, change: Change = changing(notes, policy.update)) -> Response:
    """Change a note: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=NoteRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_note(body: NoteReplace, change: Change = changing(notes, policy.update)) -> Response:
    """Replace a note: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_note(change: Change = deleting(notes, policy.delete)) -> Response:
    """Delete a note: signed_in."""
    await service.delete(change)
    return await change.gone()
