"""Projects, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.projects import permissions


class ProjectQuerySet(RuledQuerySet["Project"]):
    def readable_by(self, caller: Caller) -> Self:
        """The projects that the caller may read."""
        return self.allowed(permissions.read, caller)


class Project(Row):
    company = fields.ForeignKey("companies.Company", on_delete=models.RESTRICT, related_name="+")
    name = fields.CharField(max_length=80)

    TENANT = "company"

    objects = ProjectQuerySet.as_manager()

    class Meta:
        db_table = "projects"
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="projects_company_name_unique"),
        ]
        indexes = [
            Index(fields=["company", "id"], name="projects_company_id_index"),
        ]

    def __str__(self) -> str:
        return str(self.name)
