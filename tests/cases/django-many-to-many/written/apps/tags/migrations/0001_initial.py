"""The first tables of tags."""

from django.db import migrations, models
from django.utils.timezone import now

from apps.core import fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", fields.CharField(max_length=100)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "tags",
                "constraints": [
                    models.UniqueConstraint(fields=["name"], name="tags_name_unique"),
                ],
            },
        ),
    ]
