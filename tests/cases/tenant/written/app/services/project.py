"""What happens when projects are made and changed: the place for hand-written rules."""

from app.computed import project as computed
from app.core.changes import Change
from app.core.forms import Form
from app.schemas.project import ProjectCreate, ProjectReplace, ProjectUpdate
from app.views.project import projects

FORM = Form(projects, stored={"company_id": computed.made_company})


async def create(change: Change, body: ProjectCreate) -> None:
    """Make a project."""
    await change.insert(FORM, body)


async def update(change: Change, body: ProjectUpdate | ProjectReplace) -> None:
    """Change a project."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete a project."""
    await change.delete()
