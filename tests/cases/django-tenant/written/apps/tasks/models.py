"""Tasks, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.tasks import permissions


class TaskQuerySet(RuledQuerySet["Task"]):
    def readable_by(self, caller: Caller) -> Self:
        """The tasks that the caller may read."""
        return self.allowed(permissions.read, caller)


class Task(Row):
    project = fields.ForeignKey("projects.Project", on_delete=models.RESTRICT, related_name="+")
    title = fields.CharField(max_length=255)
    company = fields.ForeignKey("companies.Company", on_delete=models.RESTRICT, related_name="+")

    TENANT = "company"

    objects = TaskQuerySet.as_manager()

    class Meta:
        db_table = "tasks"
        indexes = [
            Index(fields=["project", "id"], name="tasks_project_id_index"),
            Index(fields=["company", "id"], name="tasks_company_id_index"),
        ]

    def __str__(self) -> str:
        return str(self.title)
