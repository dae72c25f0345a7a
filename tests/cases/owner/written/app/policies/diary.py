"""Who may do what with diaries, as conditions on their rows."""

from sqlalchemy import ColumnElement, or_

from app.core.caller import Roles, granted, is_caller
from app.models.diary import Diary


def read(roles: Roles, diary: type[Diary] = Diary) -> ColumnElement[bool]:
    """author == user"""
    return or_(granted(roles, "admin"), is_caller(roles, diary.author_id))


def create(roles: Roles, diary: type[Diary] = Diary) -> ColumnElement[bool]:
    """signed_in"""
    return granted(roles, "signed_in")


update = delete = read
