"""Invoices and lines, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Row, RuledQuerySet
from apps.invoices import permissions


class InvoiceQuerySet(RuledQuerySet["Invoice"]):
    def readable_by(self, caller: Caller) -> Self:
        """The invoices that the caller may read."""
        return self.allowed(permissions.read, caller)


class Invoice(Row):
    number = fields.CharField(max_length=20)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        db_table = "invoices"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="invoices_number_unique"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class LineQuerySet(RuledQuerySet["Line"]):
    def readable_by(self, caller: Caller) -> Self:
        """The lines that the caller may read."""
        return self.allowed(permissions.line_read, caller)


class Line(Row):
    invoice = fields.ForeignKey("invoices.Invoice", on_delete=models.CASCADE, related_name="lines")
    text = fields.CharField(max_length=255)
    amount = fields.DecimalField(max_digits=12, decimal_places=2)

    WHOLE = "invoice"

    objects = LineQuerySet.as_manager()

    class Meta:
        db_table = "lines"
        indexes = [
            Index(fields=["invoice", "id"], name="lines_invoice_id_index"),
        ]

    def __str__(self) -> str:
        return str(self.text)
