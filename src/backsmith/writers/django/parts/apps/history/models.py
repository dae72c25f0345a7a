"""What became of rows, as it is stored."""

from django.db import models

from apps.core import fields
from apps.core.models import Row


class HistoryEntry(Row):
    """One change of one row. Neither rows nor accounts are referred to: an entry outlives both."""

    entity = fields.CharField(max_length=63)
    row = fields.CharField(max_length=36)
    user = fields.CharField(max_length=36, null=True)
    action = fields.CharField(max_length=63)
    changes = models.JSONField()

    class Meta:
        db_table = "history"
        indexes = (models.Index(fields=["entity", "row", "id"], name="history_of"),)
