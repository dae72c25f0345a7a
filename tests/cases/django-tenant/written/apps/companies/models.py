"""Companies, as they are stored."""

from typing import Self

from apps.companies import permissions
from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet


class CompanyQuerySet(RuledQuerySet["Company"]):
    def readable_by(self, caller: Caller) -> Self:
        """The companies that the caller may read."""
        return self.allowed(permissions.read, caller)


class Company(Row):
    name = fields.CharField(max_length=80)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        db_table = "companies"
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return str(self.name)
