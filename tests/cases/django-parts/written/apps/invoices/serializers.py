"""Bodies and answers of invoices."""

from apps.core import serializers
from apps.core.shown import Parts, Shown
from apps.invoices import permissions
from apps.invoices.filters import InvoiceFilter, LineFilter
from apps.invoices.models import Invoice, Line


class LineRead(Shown):
    """A line."""

    class Meta:
        model = Line
        fields = ("id", "text", "amount", "created_at", "updated_at")
        filters = LineFilter
        read = permissions.line_read


class LineItem(serializers.Serializer):
    """A line within the body of what it is a part of: with `id` it changes, without it is a new one."""

    refused = frozenset({"invoice", "created_at", "updated_at", "version"})
    needed = ("text", "amount")

    id = serializers.KeyField(required=False)
    text = serializers.CharField(max_length=255, required=False)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)


class InvoiceRead(Shown):
    """An invoice."""

    lines = Parts(lambda: LineRead, "invoice")

    class Meta:
        model = Invoice
        fields = ("id", "number", "lines", "created_at", "updated_at")
        filters = InvoiceFilter
        read = permissions.read
        sort = ("number",)


class InvoiceCreate(serializers.Serializer):
    """What makes an invoice."""

    refused = frozenset({"id", "created_at", "updated_at", "version"})

    number = serializers.CharField(max_length=20)
    lines = serializers.PartsField(LineItem(), default=list)


class InvoiceReplace(InvoiceCreate):
    """What an invoice becomes: what is absent returns to its default."""


class InvoiceUpdate(InvoiceCreate):
    """What changes in an invoice: what is absent stays."""

    changes = True
