"""Who may do what with tasks, as conditions on their rows."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import aliased

from app.core.caller import ID, Roles, granted, is_caller
from app.models.task import Task
from app.models.team import Team, team_members


def read(roles: Roles, task: type[Task] = Task) -> ColumnElement[bool]:
    """user in team.members"""
    if "admin" in roles:
        return true()
    team_members_ = team_members.alias()
    return and_(
        granted(roles, "signed_in"),
        exists().where(team_members_.c.team_id == task.team_id, team_members_.c.user_id == ID),
    )


def create(roles: Roles, task: type[Task] = Task) -> ColumnElement[bool]:
    """assignee == user or team.name == 'Core'"""
    if "admin" in roles:
        return true()
    team = aliased(Team)
    return or_(
        is_caller(roles, task.assignee_id), select(team.name).where(team.id == task.team_id).scalar_subquery() == "Core"
    )


update = delete = create
