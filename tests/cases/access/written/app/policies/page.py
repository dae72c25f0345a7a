"""Who may do what with pages, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, not_, or_, true

from app.core.caller import Roles, granted, is_caller
from app.models.page import Page


def read(roles: Roles, page: type[Page] = Page) -> ColumnElement[bool]:
    """open or author == user or editor"""
    if roles & {"admin", "editor"}:
        return true()
    return or_(page.open.is_(True), is_caller(roles, page.author_id))


def create(roles: Roles, page: type[Page] = Page) -> ColumnElement[bool]:
    """editor"""
    return granted(roles, "admin", "editor")


def update(roles: Roles, page: type[Page] = Page) -> ColumnElement[bool]:
    """author == user and not open"""
    return or_(granted(roles, "admin"), and_(is_caller(roles, page.author_id), not_(page.open.is_(True))))


def delete(roles: Roles, page: type[Page] = Page) -> ColumnElement[bool]:
    """admin"""
    return granted(roles, "admin")
