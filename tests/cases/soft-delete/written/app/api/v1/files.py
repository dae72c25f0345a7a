"""Files over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.core.trash import restoring
from app.policies import file as policy
from app.schemas.file import FileCreate, FileRead, FileReplace, FileUpdate
from app.services import file as service
from app.views.file import files

router = APIRouter(prefix="/files", tags=["files"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[FileRead], responses=problems(403), openapi_extra=files.list_parameters)
async def list_files(request: Request, caller: CurrentCaller) -> Response:
    """Files: anyone."""
    return await files.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=files.export_parameters)
async def export_files(request: Request, caller: CurrentCaller) -> Response:
    """All files of a list, streamed: anyone."""
    return await files.export(caller, request)


@router.get("/{id}", response_model=FileRead, responses=problems(404), openapi_extra=files.item_parameters)
async def get_file(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One file: anyone."""
    return await files.item(caller, id, request)


@router.post("", status_code=201, response_model=FileRead, responses=problems(400, 403, 409, 415))
async def create_file(
    body: FileCreate, change: Change = creating(files, policy.create, alone=service.FORM)
) -> Response:
    """Make a file: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=FileRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_file(body: FileUpdate, change: Change = changing(files, policy.update)) -> Response:
    """Change a file: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=FileRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_file(body: FileReplace, change: Change = changing(files, policy.update)) -> Response:
    """Replace a file: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_file(change: Change = deleting(files, policy.delete)) -> Response:
    """Delete a file: signed_in."""
    await service.delete(change)
    return await change.gone()


@router.post("/{id}/restore", response_model=FileRead, responses=problems(403, 404, 409, 412))
async def restore_file(change: Change = restoring(files, policy.delete)) -> Response:
    """Bring back a file that was deleted: signed_in."""
    await service.restore(change)
    return await change.done()
