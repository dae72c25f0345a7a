"""The first tables of bookings."""

from django.db import migrations, models
from django.db.models import F, Q
from django.utils.timezone import now

from apps.core import fields
from apps.core.models import Index
from apps.core.overlap import NoOverlap


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("rooms", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("room", fields.ForeignKey("rooms.Room", on_delete=models.RESTRICT, related_name="+")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "state",
                    fields.CharField(
                        max_length=7,
                        choices=[("asked", "Asked"), ("agreed", "Agreed"), ("refused", "Refused")],
                        default="asked",
                    ),
                ),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "bookings",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["asked", "agreed", "refused"]), name="bookings_state_choice"
                    ),
                    models.CheckConstraint(
                        condition=Q(ends_at__gt=F("starts_at")), name="bookings_starts_at_ends_at_order"
                    ),
                    NoOverlap(
                        fields=("room",),
                        start="starts_at",
                        end="ends_at",
                        condition=~Q(state="refused"),
                        name="bookings_room_starts_at_overlap",
                    ),
                ],
                "indexes": [
                    Index(fields=["room", "id"], name="bookings_room_id_index"),
                ],
            },
        ),
    ]
