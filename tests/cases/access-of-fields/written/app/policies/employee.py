"""Who may do what with employees, as conditions on their rows."""

from sqlalchemy import ColumnElement, or_

from app.core.caller import Roles, granted, is_caller
from app.models.employee import Employee


def read(roles: Roles, employee: type[Employee] = Employee) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def create(roles: Roles, employee: type[Employee] = Employee) -> ColumnElement[bool]:
    """hr"""
    return granted(roles, "admin", "hr")


def read_salary(roles: Roles, employee: type[Employee] = Employee) -> ColumnElement[bool]:
    """account == user or hr"""
    return or_(granted(roles, "admin", "hr"), is_caller(roles, employee.account_id))


def write_salary(roles: Roles, employee: type[Employee] = Employee) -> ColumnElement[bool]:
    """hr"""
    return granted(roles, "admin", "hr")


update = delete = create
