"""Posts in the admin site."""

from django.contrib import admin

from apps.core.admin import EntityAdmin, PartInline
from apps.posts.models import Post, PostTags


class PostTagsInline(PartInline):
    """The tags of a row."""

    model = PostTags
    fk_name = "post"
    autocomplete_fields = ("tag",)
    verbose_name_plural = "tags"


@admin.register(Post)
class PostAdmin(EntityAdmin):
    """Posts."""

    list_display = ("id", "title")
    search_fields = ("id",)
    ordering = ("-id",)
    readonly_fields = ("created_at", "updated_at")
    exclude = ("version",)
    inlines = (PostTagsInline,)
