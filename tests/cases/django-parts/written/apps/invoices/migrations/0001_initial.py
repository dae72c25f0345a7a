"""The first tables of invoices."""

from django.db import migrations, models
from django.utils.timezone import now

from apps.core import fields
from apps.core.models import Index


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", fields.CharField(max_length=20)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "invoices",
                "constraints": [
                    models.UniqueConstraint(fields=["number"], name="invoices_number_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("invoice", fields.ForeignKey("invoices.Invoice", on_delete=models.CASCADE, related_name="lines")),
                ("text", fields.CharField(max_length=255)),
                ("amount", fields.DecimalField(max_digits=12, decimal_places=2)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "lines",
                "indexes": [
                    Index(fields=["invoice", "id"], name="lines_invoice_id_index"),
                ],
            },
        ),
    ]
