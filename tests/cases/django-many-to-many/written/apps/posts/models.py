"""Posts, as they are stored."""

from typing import Self

from django.db import models

from apps.core import fields
from apps.core.caller import Caller
from apps.core.models import Index, Pair, Row, RuledQuerySet
from apps.posts import permissions


class PostQuerySet(RuledQuerySet["Post"]):
    def readable_by(self, caller: Caller) -> Self:
        """The posts that the caller may read."""
        return self.allowed(permissions.read, caller)


class Post(Row):
    title = fields.CharField(max_length=255)
    tags = models.ManyToManyField("tags.Tag", through="posts.PostTags", related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        db_table = "posts"

    def __str__(self) -> str:
        return str(self.title)


class PostTags(Pair):
    """Which post has which tags."""

    post = fields.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="+")
    tag = fields.ForeignKey("tags.Tag", on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "post_tags"
        constraints = [
            models.UniqueConstraint(fields=["post", "tag"], name="post_tags_post_tag_unique"),
        ]
        indexes = [
            Index(fields=["tag"], name="post_tags_tag_id_index"),
        ]
