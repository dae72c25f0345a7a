"""What happens when projects are made and changed: the place for hand-written rules."""

from apps.core.changes import Change
from apps.core.forms import Form
from apps.projects import computed
from apps.projects.serializers import ProjectCreate, ProjectRead, ProjectReplace, ProjectUpdate

FORM = Form(ProjectRead.rows, stored={"company_id": lambda _, caller: computed.made_company(caller)})


def create(change: Change, body: ProjectCreate) -> None:
    """Make a project."""
    change.insert(FORM, body)


def update(change: Change, body: ProjectUpdate | ProjectReplace) -> None:
    """Change a project."""
    change.update(FORM, body)


def delete(change: Change) -> None:
    """Delete a project."""
    change.delete()
