"""How sections are written, always with what they are parts of."""

from app.core.forms import Form, Nested
from app.models.question import Question
from app.services import question
from app.views.section import sections

FORM = Form(sections, parts={"questions": Nested(question.FORM, Question.section_id)})
