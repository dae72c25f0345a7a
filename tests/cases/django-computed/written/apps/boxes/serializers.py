"""Bodies and answers of boxes."""

from apps.boxes import computed, permissions
from apps.boxes.filters import BoxFilter
from apps.boxes.models import Box
from apps.core import serializers
from apps.core.shown import Computed, Shown


class BoxRead(Shown):
    """A box."""

    area = Computed(serializers.BigIntegerField(), computed.area)
    total = Computed(serializers.DecimalField(max_digits=12, decimal_places=2), computed.total)
    number = Computed(serializers.BigIntegerField(), computed.number)
    weight = Computed(serializers.DecimalField(max_digits=8, decimal_places=2), computed.weight)
    is_old = Computed(serializers.BooleanField(), computed.is_old)
    is_large = Computed(serializers.BooleanField(), computed.is_large)

    class Meta:
        model = Box
        fields = (
            "id",
            "width",
            "height",
            "price",
            "pieces",
            "area",
            "total",
            "number",
            "weight",
            "is_old",
            "is_large",
            "created_at",
            "updated_at",
        )
        filters = BoxFilter
        read = permissions.read


class BoxCreate(serializers.Serializer):
    """What makes a box."""

    refused = frozenset(
        {"id", "area", "total", "number", "weight", "is_old", "is_large", "created_at", "updated_at", "version"}
    )

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    price = serializers.DecimalField(max_digits=12, decimal_places=2)
    pieces = serializers.IntegerField()


class BoxReplace(BoxCreate):
    """What a box becomes: what is absent returns to its default."""


class BoxUpdate(BoxCreate):
    """What changes in a box: what is absent stays."""

    changes = True
