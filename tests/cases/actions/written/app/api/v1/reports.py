"""Reports over HTTP."""

from fastapi import APIRouter, Request, Response

from app.core.actions import acting, answered
from app.core.authentication import CurrentCaller
from app.core.changes import Change, changing, creating, deleting
from app.core.routes import JsonRoute, problems
from app.core.schemas import Id, Page
from app.policies import report as policy
from app.schemas.report import RenderReport, RenderReportResult, ReportCreate, ReportRead, ReportReplace, ReportUpdate
from app.services import report as service
from app.views.report import reports

router = APIRouter(prefix="/reports", tags=["reports"], route_class=JsonRoute, responses=problems(401, 422))


@router.get("", response_model=Page[ReportRead], responses=problems(403), openapi_extra=reports.list_parameters)
async def list_reports(request: Request, caller: CurrentCaller) -> Response:
    """Reports: anyone."""
    return await reports.page(caller, request)


@router.get("/export", response_class=Response, responses=problems(403), openapi_extra=reports.export_parameters)
async def export_reports(request: Request, caller: CurrentCaller) -> Response:
    """All reports of a list, streamed: anyone."""
    return await reports.export(caller, request)


@router.get("/{id}", response_model=ReportRead, responses=problems(404), openapi_extra=reports.item_parameters)
async def get_report(id: Id, request: Request, caller: CurrentCaller) -> Response:
    """One report: anyone."""
    return await reports.item(caller, id, request)


@router.post("", status_code=201, response_model=ReportRead, responses=problems(400, 403, 409, 415))
async def create_report(
    body: ReportCreate, change: Change = creating(reports, policy.create, alone=service.FORM)
) -> Response:
    """Make a report: signed_in."""
    await service.create(change, body)
    return await change.created()


@router.patch("/{id}", response_model=ReportRead, responses=problems(400, 403, 404, 409, 412, 415))
async def update_report(body: ReportUpdate, change: Change = changing(reports, policy.update)) -> Response:
    """Change a report: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.put("/{id}", response_model=ReportRead, responses=problems(400, 403, 404, 409, 412, 415))
async def replace_report(body: ReportReplace, change: Change = changing(reports, policy.update)) -> Response:
    """Replace a report: signed_in."""
    await service.update(change, body)
    return await change.done()


@router.delete("/{id}", status_code=204, response_model=None, responses=problems(403, 404, 409, 412))
async def delete_report(change: Change = deleting(reports, policy.delete)) -> Response:
    """Delete a report: signed_in."""
    await service.delete(change)
    return await change.gone()


@router.post("/{id}/render", response_model=RenderReportResult, responses=problems(400, 403, 404, 409, 412, 415, 501))
async def render_report(
    body: RenderReport, change: Change = acting(reports, policy.render, "render", item=True)
) -> Response:
    """Render a report: signed_in."""
    return await answered(change, await service.render(change, body))


@router.post("/purge", status_code=204, response_model=None, responses=problems(403, 409, 501))
async def purge_reports(change: Change = acting(reports, policy.purge, "purge", item=False)) -> Response:
    """Purge reports: admin."""
    await service.purge(change)
    return await change.gone()
