"""Who may do what with projects, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, true

from app.core.caller import TENANT, Roles, granted
from app.models.project import Project


def read(roles: Roles, project: type[Project] = Project) -> ColumnElement[bool]:
    """worker"""
    if "admin" in roles:
        return true()
    return and_(granted(roles, "worker"), project.company_id == TENANT)


create = update = delete = read
