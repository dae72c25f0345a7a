"""Accounts, as they are stored."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from apps.core.fields import CharField, EmailField, ListField
from apps.core.models import Row, RuledQuerySet

ROLES = ("buyer", "staff", "admin")


class UserManager(BaseUserManager["User"].from_queryset(RuledQuerySet)):  # type: ignore[misc]  # a class made here
    """Accounts."""


class User(Row, AbstractBaseUser):
    """Who signs in, by e-mail."""

    email = EmailField(max_length=254)
    name = CharField(max_length=120)
    roles = ListField()
    active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    password = CharField(max_length=200, null=True, editable=False, db_column="password_hash")
    last_login = None

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "users"
        verbose_name = "account"
        constraints = (models.UniqueConstraint(fields=["email"], name="users_email_unique"),)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # what Django calls it
        return self.active

    @property
    def is_superuser(self) -> bool:
        """Whether the account may do everything: the admin site is for admins."""
        return self.active and "admin" in self.roles

    is_staff = is_superuser

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_superuser
