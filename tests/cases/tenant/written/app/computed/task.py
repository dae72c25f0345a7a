"""What the database works out of tasks."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app.models.project import Project


def made_company(task: Any) -> ColumnElement[int]:
    """project.company"""
    project = aliased(Project)
    return select(project.company_id).where(project.id == task.project_id).scalar_subquery()
