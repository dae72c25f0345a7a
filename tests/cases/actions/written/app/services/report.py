"""What happens when reports are made and changed: the place for hand-written rules."""

from app.core.actions import NotWritten
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.report import RenderReport, RenderReportResult, ReportCreate, ReportReplace, ReportUpdate
from app.views.report import reports

FORM = Form(reports)


async def create(change: Change, body: ReportCreate) -> None:
    """Make a report."""
    await change.insert(FORM, body)


async def update(change: Change, body: ReportUpdate | ReportReplace) -> None:
    """Change a report."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a report."""
    await change.delete()


async def render(change: Change, body: RenderReport) -> RenderReportResult:
    """Render: to be written by hand."""
    raise NotWritten()


async def purge(change: Change) -> None:
    """Purge: to be written by hand."""
    raise NotWritten()
