"""Bodies and answers of accounts."""

from typing import Any, ClassVar

from rest_framework import serializers

from apps.accounts import permissions
from apps.accounts.filters import UserFilter
from apps.accounts.models import User
from apps.accounts.models.user import ROLES
from apps.core.passwords import NewPassword
from apps.core.serializers import BooleanField, CharField, ChoiceField, EmailField, ListField, Serializer
from apps.core.shown import Shown


class RolesField(ListField):
    """Roles of an account, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=ChoiceField(choices=ROLES), min_length=1, max_length=100, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        found = super().run_validation(data)
        return sorted(set(found)) if isinstance(found, list) else found


class UserCreate(Serializer):
    """What makes an account."""

    refused: ClassVar = frozenset({"id", "created_at", "updated_at", "version", "active"})

    email = EmailField()
    name = CharField(min_length=1, max_length=120)
    roles = RolesField()


class Register(Serializer):
    """What somebody says who wants an account."""

    refused: ClassVar = UserCreate.refused | {"roles"}

    email = EmailField()
    name = CharField(min_length=1, max_length=120)
    password = NewPassword()


class UserUpdate(Serializer):
    """What an admin changes in an account: what is absent stays."""

    refused: ClassVar = (UserCreate.refused | {"email"}) - {"active"}
    changes: ClassVar = True

    name = CharField(min_length=1, max_length=120)
    roles = RolesField()
    active = BooleanField()


class MeUpdate(Serializer):
    """What changes in the own account: what is absent stays."""

    refused: ClassVar = UserCreate.refused | {"email", "roles"}
    changes: ClassVar = True

    name = CharField(min_length=1, max_length=120)


FIELDS = ("id", "email", "name", "roles", "active", "created_at", "updated_at")
GUARDED = ("email", "roles", "active", "created_at", "updated_at")


class UserRead(Shown):
    """An account, as admins see it."""

    class Meta:
        model = User
        fields = FIELDS
        filters = UserFilter
        name = "account"
        read = permissions.read
        sort = ("email",)


class PersonRead(Shown):
    """An account, as whoever meets it in a row sees it: its id and its name alone, unless they may read more."""

    class Meta:
        model = User
        fields = FIELDS
        filters = UserFilter
        name = "account"
        read = permissions.meet
        rules = dict.fromkeys(GUARDED, permissions.read)


class MeRead(Shown):
    """The own account."""

    class Meta:
        model = User
        fields = FIELDS
        filters = UserFilter
        name = "account"
        read = permissions.own
