"""Companies in the admin site."""

from django.contrib import admin

from apps.companies.models import Company
from apps.core.admin import EntityAdmin


@admin.register(Company)
class CompanyAdmin(EntityAdmin):
    """Companies."""

    list_display = ("id", "name")
    search_fields = ("id",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
