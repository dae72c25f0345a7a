"""Who may do what with doors, as conditions on their rows."""

from sqlalchemy import ColumnElement, true

from app.core.caller import Roles, granted
from app.models.door import Door


def read(roles: Roles, door: type[Door] = Door) -> ColumnElement[bool]:
    """anyone"""
    return true()


def create(roles: Roles, door: type[Door] = Door) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def close(roles: Roles, door: type[Door] = Door) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def lock(roles: Roles, door: type[Door] = Door) -> ColumnElement[bool]:
    """guard"""
    return granted(roles, "admin", "guard")


update = delete = create
