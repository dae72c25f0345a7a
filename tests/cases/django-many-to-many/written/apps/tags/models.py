"""Tags, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet
from apps.tags import permissions


class TagQuerySet(RuledQuerySet["Tag"]):
    def readable_by(self, caller: Caller) -> Self:
        """The tags that the caller may read."""
        return self.allowed(permissions.read, caller)


class Tag(Row):
    name = fields.CharField(max_length=100)

    objects = TagQuerySet.as_manager()

    class Meta:
        db_table = "tags"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="tags_name_unique"),
        ]

    def __str__(self) -> str:
        return str(self.name)
