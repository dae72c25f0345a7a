"""Tasks in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin
from apps.tasks.models import Task
from apps.tasks.services import FORM


@admin.register(Task)
class TaskAdmin(EntityAdmin):
    """Tasks."""

    list_display = ("id", "project", "title")
    list_select_related = ("project",)
    search_fields = ("id",)
    ordering = ("-id",)
    made = FORM
    autocomplete_fields = ("project",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version", "company")
