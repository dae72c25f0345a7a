"""Invoices in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin, PartInline
from apps.invoices.models import Invoice, Line


class LineInline(PartInline):
    """The lines of a row."""

    model = Line
    fk_name = "invoice"
    exclude = ("version",)


@admin.register(Invoice)
class InvoiceAdmin(EntityAdmin):
    """Invoices."""

    list_display = ("id", "number")
    search_fields = ("number",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
    inlines = (LineInline,)
