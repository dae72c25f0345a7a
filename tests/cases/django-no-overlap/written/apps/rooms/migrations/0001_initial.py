"""The first tables of rooms."""

from django.db import migrations, models
from django.utils.timezone import now

from apps.core import fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", fields.CharField(max_length=255)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "rooms",
            },
        ),
    ]
