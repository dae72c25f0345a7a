"""Who may do what with accounts, as conditions on their rows."""

from sqlalchemy import ColumnElement, true

from app.core.caller import Roles, granted, is_caller
from app.models.user import User


def read(roles: Roles, user: type[User] = User) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


def create(roles: Roles, user: type[User] = User) -> ColumnElement[bool]:
    """admin"""
    return granted(roles, "admin")


update = delete = create


def manage(roles: Roles, user: type[User] = User) -> ColumnElement[bool]:
    """admin, or one's own"""
    if "admin" in roles:
        return true()
    return is_caller(roles, user.id)


def meet(roles: Roles, user: type[User] = User) -> ColumnElement[bool]:
    """whoever may read a row that names the account: its id and its name"""
    return true()


def own(roles: Roles, user: type[User] = User) -> ColumnElement[bool]:
    """one's own"""
    return is_caller(roles, user.id)
