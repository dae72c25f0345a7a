"""What HTTP shows of articles."""

from app.core.views import View
from app.models.article import Article
from app.policies import article as policy

articles = View(
    Article,
    name="article",
    fields={
        "id": Article.id,
        "title": Article.title,
        "body": Article.body,
        "notes": Article.notes,
        "created_at": Article.created_at,
        "updated_at": Article.updated_at,
    },
    read=policy.read,
    search=("title", "body"),
)
