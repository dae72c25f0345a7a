"""Wikis over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core import history
from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.database import Reads
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.policies import wiki as policy
from app.schemas.wiki import WikiCreate, WikiRead, WikiReplace, WikiUpdate
from app.services import wiki as service
from app.views.wiki import wikis

router = APIRouter(prefix="/wikis", tags=["wikis"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[WikiRead], responses=problems(403), openapi_extra=wikis.list_parameters)
async def list_wikis(request: Request, caller: CurrentCaller) -> Response:
    """Wikis: anyone."""
    return await wikis.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=wikis.export_parameters)
async def export_wikis(request: Request, caller: CurrentCaller) -> Response:
    """All wikis of a list, streamed: anyone."""
    return await wikis.export(caller, request)


@router.get("/{id}", response_model=WikiRead, responses=problems(404), openapi_extra=wikis.item_parameters)
async def get_wiki(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One wiki: anyone."""
    return await wikis.item(caller, id, request)


@router.get(
    "/{id}/history", response_model=Page[history.HistoryRead], responses=problems(404), openapi_extra=history.PARAMETERS
)
async def wiki_history(id: Id, request: Request, caller: CurrentCaller, db: Reads) -> Response:
    """Who changed a wiki, what and when."""
    return await history.page(wikis, db, caller, id, request)


@router.post("", status_code=201, response_model=WikiRead, responses=problems(400, 403, 409, 415))
async def create_wiki(body: WikiCreate, change: Change = creating(wikis, policy.create)) -> Response:
    """Make a wiki: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=WikiRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_wiki(body: WikiUpdate, change: Change = changing(wikis, policy.update)) -> Response:
    """Change a wiki: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=WikiRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_wiki(body: WikiReplace, change: Change = changing(wikis, policy.update)) -> Response:
    """Replace a wiki: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_wiki(change: Change = deleting(wikis, policy.delete)) -> Response:
    """Delete a wiki: signed_in."""
    await service.delete(change)
    return await change.gone()
