"""Who may do what with remarks, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from app.core.caller import Roles, granted
from app.models.case import Case
from app.models.remark import Remark
from app.policies import case as case_policy


def narrow(roles: Roles, remark: type[Remark] = Remark) -> ColumnElement[bool]:
    """open or staff"""
    return or_(granted(roles, "admin", "staff"), remark.open.is_(True))


def read(roles: Roles, remark: type[Remark] = Remark) -> ColumnElement[bool]:
    """open or staff; and whoever may read the case"""
    case = aliased(Case)
    return and_(narrow(roles, remark), exists().where(case.id == remark.case_id, case_policy.read(roles, case)))
