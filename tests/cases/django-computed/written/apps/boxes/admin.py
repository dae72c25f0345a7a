"""Boxes in the admin site."""

from django.contrib import admin

from apps.boxes import computed
from apps.boxes.models import Box
from apps.core.admin import EntityAdmin


@admin.register(Box)
class BoxAdmin(EntityAdmin):
    """Boxes."""

    list_display = ("id", "width", "height", "price", "pieces", "area", "total")
    search_fields = ("id",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
    computed = {
        "area": computed.area,
        "total": computed.total,
        "number": computed.number,
        "weight": computed.weight,
        "is_old": computed.is_old,
        "is_large": computed.is_large,
    }
