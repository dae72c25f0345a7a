"""Projects in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin
from apps.projects.models import Project
from apps.projects.services import FORM


@admin.register(Project)
class ProjectAdmin(EntityAdmin):
    """Projects."""

    list_display = ("id", "company", "name")
    list_select_related = ("company",)
    search_fields = ("id",)
    ordering = ("-id",)
    made = FORM
    autocomplete_fields = ("company",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
    once = ("company",)
