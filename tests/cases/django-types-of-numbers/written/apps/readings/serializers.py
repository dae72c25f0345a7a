"""Bodies and answers of readings."""

from apps.core import serializers
from apps.core.shown import Shown
from apps.readings import permissions
from apps.readings.filters import ReadingFilter
from apps.readings.models import Reading


class ReadingRead(Shown):
    """A reading."""

    class Meta:
        model = Reading
        fields = ("id", "amount", "total", "ratio", "weight", "price", "created_at", "updated_at")
        filters = ReadingFilter
        read = permissions.read


class ReadingCreate(serializers.Serializer):
    """What makes a reading."""

    refused = frozenset({"id", "created_at", "updated_at", "version"})

    amount = serializers.IntegerField()
    total = serializers.BigIntegerField(allow_null=True, default=None)
    ratio = serializers.FloatField()
    weight = serializers.DecimalField(max_digits=8, decimal_places=3)
    price = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True, default=None)


class ReadingReplace(ReadingCreate):
    """What a reading becomes: what is absent returns to its default."""


class ReadingUpdate(ReadingCreate):
    """What changes in a reading: what is absent stays."""

    changes = True
