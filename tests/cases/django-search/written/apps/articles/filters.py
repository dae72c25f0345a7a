"""What lists of articles can be asked."""

from apps.articles.models import Article
from apps.core.filters import ORDERED, TEXT, FilterSet


class ArticleFilter(FilterSet):
    """What can be asked of articles."""

    class Meta:
        model = Article
        fields = {
            "id": ORDERED,
            "title": TEXT,
            "body": TEXT,
            "notes": (*TEXT, "isnull"),
            "created_at": ORDERED,
            "updated_at": ORDERED,
        }
