"""Files, as they are stored."""

from typing import Self

from django.db import models
from django.db.models import Q

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet
from apps.files import permissions


class FileQuerySet(RuledQuerySet["File"]):
    def readable_by(self, caller: Caller) -> Self:
        """The files that the caller may read."""
        return self.allowed(permissions.read, caller)


class File(Row):
    name = fields.CharField(max_length=80)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        db_table = "files"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at__isnull=True), name="files_name_unique"),
        ]

    def __str__(self) -> str:
        return str(self.name)
