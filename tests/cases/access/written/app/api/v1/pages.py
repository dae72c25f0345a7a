"""Pages over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.policies import page as policy
from app.schemas.page import PageCreate, PageRead, PageReplace, PageUpdate
from app.services import page as service
from app.views.page import pages

router = APIRouter(prefix="/pages", tags=["pages"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[PageRead], responses=problems(403), openapi_extra=pages.list_parameters)
async def list_pages(request: Request, caller: CurrentCaller) -> Response:
    """Pages: open or author == user or editor."""
    return await pages.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=pages.export_parameters)
async def export_pages(request: Request, caller: CurrentCaller) -> Response:
    """All pages of a list, streamed: open or author == user or editor."""
    return await pages.export(caller, request)


@router.get("/{id}", response_model=PageRead, responses=problems(404), openapi_extra=pages.item_parameters)
async def get_page(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One page: open or author == user or editor."""
    return await pages.item(caller, id, request)


@router.post("", status_code=201, response_model=PageRead, responses=problems(400, 403, 409, 415))
async def create_page(
    body: PageCreate, change: Change = creating(pages, policy.create, alone=service.FORM)
) -> Response:
    """Make a page: editor."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=PageRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_page(body: PageUpdate, change: Change = changing(pages, policy.update)) -> Response:
    """Change a page: author == user and not open."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=PageRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_page(body: PageReplace, change: Change = changing(pages, policy.update)) -> Response:
    """Replace a page: author == user and not open."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_page(change: Change = deleting(pages, policy.delete)) -> Response:
    """Delete a page: admin."""
    await service.delete(change)
    return await change.gone()
