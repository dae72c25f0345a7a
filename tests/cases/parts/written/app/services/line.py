"""How lines are written, always with what they are parts of."""

from app.core.forms import Form
from app.views.line import lines

FORM = Form(lines)
