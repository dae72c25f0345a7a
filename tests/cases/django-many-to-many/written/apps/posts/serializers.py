"""Bodies and answers of posts."""

from apps.core import serializers
from apps.core.shown import ManyToMany, Shown
from apps.posts import models, permissions
from apps.posts.filters import PostFilter
from apps.posts.models import Post
from apps.tags import serializers as tags


class PostRead(Shown):
    """A post."""

    tags = ManyToMany(lambda: tags.TagRead, lambda: models.PostTags, "post", "tag")

    class Meta:
        model = Post
        fields = ("id", "title", "tags", "created_at", "updated_at")
        filters = PostFilter
        read = permissions.read


class PostCreate(serializers.Serializer):
    """What makes a post."""

    refused = frozenset({"id", "created_at", "updated_at", "version"})

    title = serializers.CharField(max_length=255)
    tags = serializers.ListField(child=serializers.KeyField(), default=list)


class PostReplace(PostCreate):
    """What a post becomes: what is absent returns to its default."""


class PostUpdate(PostCreate):
    """What changes in a post: what is absent stays."""

    changes = True
