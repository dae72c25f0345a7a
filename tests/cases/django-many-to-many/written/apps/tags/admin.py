"""Tags in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin
from apps.tags.models import Tag


@admin.register(Tag)
class TagAdmin(EntityAdmin):
    """Tags."""

    list_display = ("id", "name")
    search_fields = ("name",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
