"""Rooms, as they are stored."""

from typing import Self

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Row, RuledQuerySet
from apps.rooms import permissions


class RoomQuerySet(RuledQuerySet["Room"]):
    def readable_by(self, caller: Caller) -> Self:
        """The rooms that the caller may read."""
        return self.allowed(permissions.read, caller)


class Room(Row):
    name = fields.CharField(max_length=255)

    objects = RoomQuerySet.as_manager()

    class Meta:
        db_table = "rooms"

    def __str__(self) -> str:
        return str(self.name)
