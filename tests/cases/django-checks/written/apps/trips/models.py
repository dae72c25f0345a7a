"""Trips, as they are stored."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet
from apps.trips import permissions


class TripQuerySet(RuledQuerySet["Trip"]):
    def readable_by(self, caller: Caller) -> Self:
        """The trips that the caller may read."""
        return self.allowed(permissions.read, caller)


class Trip(Row):
    starts_on = models.DateField()
    ends_on = models.DateField()
    seats = models.IntegerField()
    taken = models.IntegerField(default=0)
    fee = fields.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    note = fields.CharField(max_length=255, null=True, blank=True)

    objects = TripQuerySet.as_manager()

    class Meta:
        db_table = "trips"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="trips_starts_on_ends_on",
                violation_error_code="check",
                violation_error_message="This has to hold: starts_on <= ends_on",
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("seats")),
                name="trips_taken_seats",
                violation_error_code="check",
                violation_error_message="This has to hold: taken <= seats",
            ),
            models.CheckConstraint(
                condition=Q(fee=0) | Q(fee__gte=Decimal("2.5")),
                name="trips_fee",
                violation_error_code="check",
                violation_error_message="This has to hold: fee == 0 or fee >= 2.5",
            ),
        ]

    def __str__(self) -> str:
        return f"trip {self.pk}"
