"""Who may do what with companies, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, exists, true
from sqlalchemy.orm import aliased

from app.core.caller import ID, Roles, granted
from app.models.company import Company
from app.models.membership import Membership


def read(roles: Roles, company: type[Company] = Company) -> ColumnElement[bool]:
    """signed_in"""
    if "admin" in roles:
        return true()
    membership = aliased(Membership)
    return and_(
        granted(roles, "signed_in"), exists().where(membership.company_id == company.id, membership.user_id == ID)
    )


def create(roles: Roles, company: type[Company] = Company) -> ColumnElement[bool]:
    """admin"""
    return granted(roles, "admin")


update = delete = create
