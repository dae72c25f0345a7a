"""Pages, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.pages import permissions


class PageQuerySet(RuledQuerySet["Page"]):
    def readable_by(self, caller: Caller) -> Self:
        """The pages that the caller may read."""
        return self.allowed(permissions.read, caller)


class Page(Row):
    title = fields.CharField(max_length=255)
    open = models.BooleanField(default=False)
    author = fields.ForeignKey("accounts.User", on_delete=models.RESTRICT, related_name="+")

    objects = PageQuerySet.as_manager()

    class Meta:
        db_table = "pages"
        indexes = [
            Index(fields=["author", "id"], name="pages_author_id_index"),
        ]

    def __str__(self) -> str:
        return str(self.title)
