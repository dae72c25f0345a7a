"""Accounts in the admin site. Passwords are set by their owners, with the code of a mail."""

from django.contrib import admin

from apps.accounts.models import User
from apps.core.admin import EntityAdmin


@admin.register(User)
class UserAdmin(EntityAdmin):
    """Accounts."""

    list_display = ("id", "email", "name", "roles", "active", "verified_at")
    list_filter = ("active",)
    search_fields = ("email", "name")
    ordering = ("-id",)
    fields = ("email", "name", "roles", "active", "verified_at", "created_at", "updated_at")
    readonly_fields = ("verified_at", "created_at", "updated_at")
