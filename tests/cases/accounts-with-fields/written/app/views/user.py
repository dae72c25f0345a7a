"""What HTTP shows of accounts: to admins, to whoever may read a row that names one, and to their owners."""

from app.core.views import One, View
from app.models.user import User
from app.policies import user as policy
from app.views import team

FIELDS = {
    "id": User.id,
    "email": User.email,
    "name": User.name,
    "roles": User.roles,
    "active": User.active,
    "phone": User.phone,
    "team": User.team_id,
    "badge": User.badge,
    "created_at": User.created_at,
    "updated_at": User.updated_at,
}
LINKS = {
    "team": One(lambda: team.teams),
}

users: View = View(
    User,
    name="account",
    fields=FIELDS,
    read=policy.read,
    sort=("email", "team"),
    rules=dict.fromkeys(("email", "roles", "active"), policy.manage),
    links=LINKS,
)

people: View = View(
    User,
    name="account",
    fields=FIELDS,
    read=policy.meet,
    rules={
        "email": policy.manage,
        "roles": policy.manage,
        "active": policy.manage,
        "phone": policy.read,
        "team": policy.read,
        "badge": policy.read,
        "created_at": policy.read,
        "updated_at": policy.read,
    },
    links=LINKS,
)

me: View = View(User, name="account", fields=FIELDS, read=policy.own, links=LINKS)
