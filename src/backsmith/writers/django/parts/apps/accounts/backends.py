"""How the admin site signs people in: with what `/auth/token` asks for, and the same limit to guessing."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.rules import VERIFIED
from apps.accounts.throttle import guarded
from apps.core import passwords, tokens
from apps.core.errors import Problem


class AccountBackend(ModelBackend):
    """An address and its password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> User | None:
        """The account; None for what is not right, and where there were too many tries."""
        if request is None or username is None or password is None:
            return None
        email = username.lower().replace("\0", "")
        try:
            with guarded(request, email):
                found: User | None = User.objects.filter(VERIFIED, email=email, active=True).first()
                stored = None if found is None else found.password
                if not passwords.matches(stored, password):
                    raise tokens.refused()
        except Problem:
            return None
        return found
