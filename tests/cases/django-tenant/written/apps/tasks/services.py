"""What happens when tasks are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.projects.serializers import ProjectRead
from apps.tasks import computed
from apps.tasks.serializers import TaskCreate, TaskRead, TaskReplace, TaskUpdate

FORM = Form(
    TaskRead.rows,
    references={"project": ProjectRead.rows},
    stored={"company_id": lambda row, _: computed.made_company(row)},
)


def create(change: Change, body: TaskCreate) -> None:
    """Make a task."""
    change.insert(FORM, body)


def update(change: Change, body: TaskUpdate | TaskReplace) -> None:
    """Change a task."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a task."""
    change.delete()
