"""Bodies and answers of articles."""

from apps.articles import permissions
from apps.articles.filters import ArticleFilter
from apps.articles.models import Article
from apps.core import serializers
from apps.core.shown import Shown


class ArticleRead(Shown):
    """An article."""

    class Meta:
        model = Article
        fields = ("id", "title", "body", "notes", "created_at", "updated_at")
        filters = ArticleFilter
        read = permissions.read
        search = ("title", "body")


class ArticleCreate(serializers.Serializer):
    """What makes an article."""

    refused = frozenset({"id", "created_at", "updated_at", "version"})

    title = serializers.CharField(max_length=255)
    body = serializers.CharField()
    notes = serializers.CharField(allow_null=True, default=None)


class ArticleReplace(ArticleCreate):
    """What an article becomes: what is absent returns to its default."""


class ArticleUpdate(ArticleCreate):
    """What changes in an article: what is absent stays."""

    changes = True
