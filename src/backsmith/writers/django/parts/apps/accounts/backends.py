"""How the admin site signs people in, and takes new passwords: as `/auth` does, with the same limit to guessing."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from rest_framework import exceptions

from apps.accounts.models import Session, User
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


class PasswordRules(MinimumLengthValidator):
    """What a new password has to be; `AUTH_PASSWORD_VALIDATORS` names it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for one that may not be chosen."""
        try:
            passwords.NewPassword().run_validation(password)
        except exceptions.ValidationError as error:
            raise ValidationError([str(told) for told in error.detail]) from None

    def password_changed(self, password: str, user: Any = None) -> None:
        """All sessions of the account end."""
        Session.objects.filter(user=user.pk).delete()
