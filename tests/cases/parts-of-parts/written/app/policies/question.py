"""Who may do what with questions, as conditions on their rows."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.core.caller import Roles
from app.models.question import Question
from app.models.section import Section
from app.policies import section as section_policy


def read(roles: Roles, question: type[Question] = Question) -> ColumnElement[bool]:
    """whoever may read the section"""
    section = aliased(Section)
    return exists().where(section.id == question.section_id, section_policy.read(roles, section))
