"""Bookings, as they are stored."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.bookings import permissions
from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.core.overlap import NoOverlap


class BookingState(models.TextChoices):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


class BookingQuerySet(RuledQuerySet["Booking"]):
    def readable_by(self, caller: Caller) -> Self:
        """The bookings that the caller may read."""
        return self.allowed(permissions.read, caller)


class Booking(Row):
    room = fields.ForeignKey("rooms.Room", on_delete=models.RESTRICT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = fields.CharField(max_length=7, choices=BookingState, default=BookingState.ASKED)

    objects = BookingQuerySet.as_manager()

    class Meta:
        db_table = "bookings"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BookingState.values), name="bookings_state_choice"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="bookings_starts_at_ends_at_order"),
            NoOverlap(
                fields=("room",),
                start="starts_at",
                end="ends_at",
                condition=~Q(state="refused"),
                name="bookings_room_starts_at_overlap",
            ),
        ]
        indexes = [
            Index(fields=["room", "id"], name="bookings_room_id_index"),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"
