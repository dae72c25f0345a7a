"""Machines in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin, PartInline
from apps.machines.models import Machine, Pin


class PinInline(PartInline):
    """The pins of a row."""

    model = Pin
    fk_name = "machine"
    exclude = ("version",)
    private = ("text",)


@admin.register(Machine)
class MachineAdmin(EntityAdmin):
    """Machines."""

    list_display = ("id", "name")
    search_fields = ("name",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("seen", "version")
    private = ("key",)
    inlines = (PinInline,)
