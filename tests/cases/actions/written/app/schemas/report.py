"""Bodies and answers of reports."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from app.core.schemas import ABSENT, Answer, Body, Int, Text
from app.core.values import UrlText


class ReportCreate(Body):
    """What makes a report."""

    read_only: ClassVar = frozenset({"id", "created_at", "updated_at", "version"})

    title: Annotated[Text, Field(max_length=255)]


class ReportReplace(ReportCreate):
    """What a report becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class ReportUpdate(Body):
    """What changes in a report: what is absent stays."""

    read_only: ClassVar = ReportCreate.read_only

    title: Annotated[Text, Field(max_length=255)] = ABSENT


class RenderReport(Body):
    """What is sent to render a report."""

    pages: Annotated[Int, Field(ge=1)]


class RenderReportResult(Answer):
    """What is answered to render a report."""

    url: UrlText


class ReportRead(Answer):
    """A report."""

    id: int
    title: str
    created_at: datetime
    updated_at: datetime
