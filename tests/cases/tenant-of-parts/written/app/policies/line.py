"""Who may do what with lines, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, exists, true
from sqlalchemy.orm import aliased

from app.core.caller import TENANT, Roles, granted
from app.models.line import Line
from app.models.trip import Trip
from app.policies import trip as trip_policy


def narrow(roles: Roles, line: type[Line] = Line) -> ColumnElement[bool]:
    """anyone"""
    if "admin" in roles:
        return true()
    return and_(granted(roles, "signed_in"), line.company_id == TENANT)


def read(roles: Roles, line: type[Line] = Line) -> ColumnElement[bool]:
    """anyone; and whoever may read the trip"""
    trip = aliased(Trip)
    return and_(narrow(roles, line), exists().where(trip.id == line.trip_id, trip_policy.read(roles, trip)))
