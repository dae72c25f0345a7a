"""Who may do what with files, as conditions on their rows."""

from sqlalchemy import ColumnElement, true

from app.core.caller import Roles, granted
from app.models.file import File


def live(file: type[File] = File) -> ColumnElement[bool]:
    """not deleted"""
    return file.deleted_at.is_(None)


def read(roles: Roles, file: type[File] = File) -> ColumnElement[bool]:
    """anyone"""
    return true()


def create(roles: Roles, file: type[File] = File) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


update = delete = create
