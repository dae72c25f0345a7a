"""What happens when employees are made and changed: the place for hand-written rules."""

from app.core.changes import Change
from app.core.guards import GuardedForm
from app.policies import employee as policy
from app.schemas.employee import EmployeeCreate, EmployeeReplace, EmployeeUpdate
from app.views.employee import employees
from app.views.user import users

FORM = GuardedForm(employees, owner="account", references={"account": users}, guarded={"salary": policy.write_salary})


async def create(change: Change, body: EmployeeCreate) -> None:
    """Make an employee."""
    await change.insert(FORM, body)


async def update(change: Change, body: EmployeeUpdate | EmployeeReplace) -> None:
    """Change an employee."""
    await change.update(FORM, body)


async def delete(change: Change) -> None:
    """Delete an employee."""
    await change.delete()
