"""What HTTP shows of employees."""

from app.core.views import One, View
from app.models.employee import Employee
from app.policies import employee as policy
from app.views import user

employees: View = View(
    Employee,
    name="employee",
    fields={
        "id": Employee.id,
        "name": Employee.name,
        "salary": Employee.salary,
        "account": Employee.account_id,
        "created_at": Employee.created_at,
        "updated_at": Employee.updated_at,
    },
    read=policy.read,
    rules={"salary": policy.read_salary},
    sort=("account",),
    links={"account": One(lambda: user.people)},
)
