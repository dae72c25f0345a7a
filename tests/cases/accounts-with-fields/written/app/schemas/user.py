"""Bodies and answers of accounts."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from app.core.passwords import NewPassword
from app.core.phones import PhoneText
from app.core.schemas import ABSENT, Answer, Body, EmailText, Flag, Key, Text
from app.models.user import Role
from app.schemas.team import TeamRead

Name = Annotated[Text, Field(min_length=1, max_length=120)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=100), AfterValidator(lambda roles: sorted(set(roles)))]


class UserCreate(Body):
    """What makes an account."""

    read_only: ClassVar = frozenset({"id", "badge", "created_at", "updated_at", "version", "active"})

    email: EmailText
    name: Name
    roles: Roles
    phone: PhoneText | None = None
    team: Key | None = None


class Register(Body):
    """What somebody says who wants an account."""

    read_only: ClassVar = UserCreate.read_only | {"roles"}

    email: EmailText
    name: Name
    password: NewPassword
    phone: PhoneText | None = None
    team: Key | None = None


class UserUpdate(Body):
    """What an admin changes in an account: what is absent stays."""

    read_only: ClassVar = (UserCreate.read_only | {"email"}) - {"active"}

    name: Name = ABSENT
    roles: Roles = ABSENT
    active: Flag = ABSENT
    phone: PhoneText | None = ABSENT
    team: Key | None = ABSENT


class MeUpdate(Body):
    """What changes in the own account: what is absent stays."""

    read_only: ClassVar = UserCreate.read_only | {"email", "roles"}

    name: Name = ABSENT
    phone: PhoneText | None = ABSENT
    team: Key | None = ABSENT


class UserRead(Answer):
    """An account. Others than admins and its owner are shown its id and its name alone, unless its rules say more."""

    id: int
    email: str | None = ABSENT
    name: str
    roles: list[Role] | None = ABSENT
    active: bool | None = ABSENT
    phone: str | None = ABSENT
    team: int | TeamRead | None = ABSENT
    badge: int | None = ABSENT
    created_at: datetime | None = ABSENT
    updated_at: datetime | None = ABSENT
