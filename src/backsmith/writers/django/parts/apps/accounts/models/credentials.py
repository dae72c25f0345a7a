"""What sign-ins, API keys and mailed links leave in the database: never a secret, always its hash."""

from typing import Any

from django.conf import settings
from django.db import models

from apps.core.fields import CharField, EmailField, ListField
from apps.core.models import Row, RuledQuerySet


class Session(Row):
    """One sign-in: a family of refresh tokens, of which one is good at a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    token_hash = CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "auth_sessions"
        indexes = (
            models.Index(fields=["user", "id"], name="auth_sessions_user_id_index"),
            models.Index(fields=["expires_at", "id"], name="auth_sessions_expires_at_index"),
        )


class ApiKey(Row):
    """A key with which a program calls in the name of an account, with some of its roles."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    name = CharField(max_length=100)
    roles = ListField(item=CharField())
    token_hash = CharField(max_length=64)

    objects = RuledQuerySet.as_manager()

    class Meta:
        db_table = "auth_keys"
        verbose_name = "key"
        constraints = (models.UniqueConstraint(fields=["token_hash"], name="auth_keys_token_hash_unique"),)
        indexes = (models.Index(fields=["user", "id"], name="auth_keys_user_id_index"),)


class Ticket(Row):
    """What a mailed link may do, once. Without a hash it was not mailed yet."""

    purpose = CharField(max_length=20)
    email = EmailField(max_length=254)
    user: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False)
    details = models.JSONField()
    token_hash = CharField(max_length=64, null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "auth_tickets"
        constraints = (models.UniqueConstraint(fields=["token_hash"], name="auth_tickets_token_hash_unique"),)
        indexes = (
            models.Index(fields=["user", "id"], name="auth_tickets_user_id_index"),
            models.Index(fields=["expires_at", "id"], name="auth_tickets_expires_at_index"),
        )


class Failure(Row):
    """A password that was not right: `key` says from where, and for which account, without telling either."""

    key = CharField(max_length=64)

    class Meta:
        db_table = "auth_failures"
        indexes = (models.Index(fields=["key", "created_at"], name="auth_failures_key"),)
