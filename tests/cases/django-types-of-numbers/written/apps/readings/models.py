"""Readings, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet
from apps.readings import permissions


class ReadingQuerySet(RuledQuerySet["Reading"]):
    def readable_by(self, caller: Caller) -> Self:
        """The readings that the caller may read."""
        return self.allowed(permissions.read, caller)


class Reading(Row):
    amount = models.IntegerField()
    total = models.BigIntegerField(null=True, blank=True)
    ratio = models.FloatField()
    weight = fields.DecimalField(max_digits=8, decimal_places=3)
    price = fields.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        db_table = "readings"

    def __str__(self) -> str:
        return f"reading {self.pk}"
