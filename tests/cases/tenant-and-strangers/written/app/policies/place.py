"""Who may do what with places, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, true

from app.core.caller import TENANT, Roles, granted
from app.models.place import Place


def read(roles: Roles, place: type[Place] = Place) -> ColumnElement[bool]:
    """anyone"""
    if "admin" in roles:
        return true()
    return and_(granted(roles, "signed_in"), place.company_id == TENANT)


def create(roles: Roles, place: type[Place] = Place) -> ColumnElement[bool]:
    """signed_in"""
    if "admin" in roles:
        return true()
    return and_(granted(roles, "signed_in"), place.company_id == TENANT)


def delete(roles: Roles, place: type[Place] = Place) -> ColumnElement[bool]:
    """name != 'fixed'"""
    if "admin" in roles:
        return true()
    return and_(granted(roles, "signed_in"), place.name != "fixed", place.company_id == TENANT)


update = create
