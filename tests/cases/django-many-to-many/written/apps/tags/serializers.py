"""Bodies and answers of tags."""

from apps.core import serializers
from apps.core.shown import Shown
from apps.tags import permissions
from apps.tags.filters import TagFilter
from apps.tags.models import Tag


class TagRead(Shown):
    """A tag."""

    class Meta:
        model = Tag
        fields = ("id", "name", "created_at", "updated_at")
        filters = TagFilter
        read = permissions.read
        sort = ("name",)


class TagCreate(serializers.Serializer):
    """What makes a tag."""

    refused = frozenset({"id", "created_at", "updated_at", "version"})

    name = serializers.SlugField()


class TagReplace(TagCreate):
    """What a tag becomes: what is absent returns to its default."""


class TagUpdate(TagCreate):
    """What changes in a tag: what is absent stays."""

    changes = True
