"""Who may do what with reports, as conditions on their rows."""

from sqlalchemy import ColumnElement, true

from app.core.caller import Roles, granted
from app.models.report import Report


def read(roles: Roles, report: type[Report] = Report) -> ColumnElement[bool]:
    """anyone"""
    return true()


def create(roles: Roles, report: type[Report] = Report) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def render(roles: Roles, report: type[Report] = Report) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def purge(roles: Roles, report: type[Report] = Report) -> ColumnElement[bool]:
    """admin"""
    return granted(roles, "admin")


update = delete = create
