"""What HTTP shows of accounts: to admins, to whoever may read a row that names one, and to their owners."""

from collections.abc import Mapping

from app.core.hyperlinks import Hyperlinks, LinkedView, Step
from app.core.views import Field
from app.models.user import User
from app.policies import user as policy

FIELDS: Mapping[str, Field] = {
    "id": User.id,
    "email": User.email,
    "name": User.name,
    "roles": User.roles,
    "active": User.active,
    "created_at": User.created_at,
    "updated_at": User.updated_at,
    "links": Hyperlinks("/api/v1/users", policy.read, {"update": Step("PATCH", "", policy.update)}),
}

users: LinkedView = LinkedView(User, name="account", fields=FIELDS, read=policy.read, sort=("email",))

people: LinkedView = LinkedView(
    User,
    name="account",
    fields=FIELDS,
    read=policy.meet,
    rules=dict.fromkeys(("email", "roles", "active", "created_at", "updated_at", "links"), policy.read),
)

me: LinkedView = LinkedView(User, name="account", fields=FIELDS, read=policy.own)
