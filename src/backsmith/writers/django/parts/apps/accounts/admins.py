"""The first admin: from the settings when the application starts, or by `manage.py admin ADDRESS`."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from apps.accounts import accounts, rules
from apps.accounts.models import User
from apps.core import passwords
from apps.core.errors import Invalid
from apps.core.serializers import EmailField, Serializer
from apps.core.startup import CannotStart
from config.environment import settings


class Chosen(Serializer):
    """An address, and a password that may be chosen."""

    email = EmailField()
    password = passwords.NewPassword()


def ensure_admin() -> None:
    """Make the first admin of ADMIN_EMAIL and ADMIN_PASSWORD, where there is no admin yet. Raises CannotStart."""
    if settings.admin_email is None or settings.admin_password is None or accounts.admins().exists():
        return
    try:
        appoint(settings.admin_email, settings.admin_password.get_secret_value())
    except Invalid:
        raise CannotStart("ADMIN_PASSWORD is short or common, or ADMIN_EMAIL no address: choose others.") from None


def appoint(email: str, password: str, **said: Any) -> None:
    """Make the account with this address an admin with this password, or make one that says so. Raises Invalid."""
    chosen = Chosen(data={"email": email, "password": password}).checked()
    email, password_hash = chosen["email"], passwords.hashed(chosen["password"])
    with transaction.atomic():
        accounts.take_turns()
        account = User.objects.filter(email=email).first()
        if account is None:
            named = {"email": email, "roles": ["admin"], "password_hash": password_hash}
            accounts.make({**rules.FIRST_ADMIN, **said, **named})
            return
        roles = sorted({*account.roles, "admin"})
        accounts.change(account.pk, roles=roles, active=True, verified_at=now())
        accounts.set_password(account.pk, password_hash)
