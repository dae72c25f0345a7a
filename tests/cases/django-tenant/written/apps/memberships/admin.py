"""Memberships in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin
from apps.memberships.models import Membership


@admin.register(Membership)
class MembershipAdmin(EntityAdmin):
    """Memberships."""

    list_display = ("id", "user", "company")
    list_select_related = ("user", "company")
    search_fields = ("id",)
    ordering = ("-id",)
    autocomplete_fields = ("user", "company")
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
