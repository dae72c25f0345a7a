"""The first tables of posts."""

from django.db import migrations, models
from django.utils.timezone import now

from apps.core import fields
from apps.core.models import Index


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tags", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", fields.CharField(max_length=255)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
                ("updated_at", models.DateTimeField(default=now, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "db_table": "posts",
            },
        ),
        migrations.CreateModel(
            name="PostTags",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("post", fields.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="+")),
                ("tag", fields.ForeignKey("tags.Tag", on_delete=models.CASCADE, related_name="+")),
            ],
            options={
                "db_table": "post_tags",
                "constraints": [
                    models.UniqueConstraint(fields=["post", "tag"], name="post_tags_post_tag_unique"),
                ],
                "indexes": [
                    Index(fields=["tag"], name="post_tags_tag_id_index"),
                ],
            },
        ),
        migrations.AddField(
            model_name="post",
            name="tags",
            field=models.ManyToManyField("tags.Tag", through="posts.PostTags", related_name="+"),
        ),
    ]
