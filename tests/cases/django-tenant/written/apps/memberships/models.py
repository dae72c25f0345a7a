"""Memberships, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.memberships import permissions


class MembershipQuerySet(RuledQuerySet["Membership"]):
    def readable_by(self, caller: Caller) -> Self:
        """The memberships that the caller may read."""
        return self.allowed(permissions.read, caller)


class Membership(Row):
    user = fields.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    company = fields.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="memberships")
    roles = fields.ListField(item=fields.CharField(max_length=6, choices=[("worker", "Worker")]))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "memberships"
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="memberships_user_company_unique"),
        ]
        indexes = [
            Index(fields=["user", "id"], name="memberships_user_id_index"),
            Index(fields=["company", "id"], name="memberships_company_id_index"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"
